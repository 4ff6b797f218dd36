# The core of the plan review's verdict, for policy sets of HCP Terraform.
#
# A change is denied unless a rule here allows it, so that what this policy does not know, or cannot read, is denied.
package fleet

import data.fleet.contract
import rego.v1

# An array, as HCP Terraform asks for: the policy passes when it is empty. A message begins with the rule's name in docs/review.md.
deny := sort(reasons)

plan := input.plan

### The plan as a whole

reasons contains "unreadable: This is no plan that the policy can read: format_version 1.x is needed." if {
	not readable
}

# Apart, because `not` over a call is undefined, not true, when what it is called with is missing.
readable if regex.match(`^1\.\d+$`, plan.format_version)

reasons contains "errored: Planning failed: this is only a part of the plan." if plan.errored == true

reasons contains "partial: The plan is partial: it was made with -target, or puts changes off. Plan the whole stack." if {
	plan.complete == false
	not plan.errored == true
}

reasons contains "deferred: Some changes are deferred: the plan does not say what will happen to them." if {
	count(plan.deferred_changes) > 0
}

reasons contains "deferred: Some changes are deferred: the plan does not say what will happen to them." if {
	some change in plan.resource_changes
	change.index_unknown == true
}

reasons contains "invocations: The plan runs provider actions besides its changes." if {
	some name in ["action_invocations", "deferred_action_invocations"]
	count(plan[name]) > 0
}

reasons contains "destroy: The plan destroys everything: it was made with -destroy." if {
	count(changes) > 0
	every change in changes {
		only(change, "delete")
		not change.action_reason
	}
}

### Each object

known_actions := {"no-op", "read", "create", "update", "delete", "forget", "open"}

reasons contains message("unknown-action", change, "has an action that this policy does not know") if {
	some change in plan.resource_changes
	not knows_actions(change)
}

knows_actions(change) if {
	count(change.change.actions) > 0
	every action in change.change.actions {
		action in known_actions
	}
}

reasons contains message("forget", change, "is forgotten and left in the cloud") if {
	some change in changes
	"forget" in change.change.actions
}

reasons contains message("destroyed-first", change, "is destroyed before its successor exists") if {
	some change in changes
	replaced(change)
	change.change.actions != ["create", "delete"]
	not "forget" in change.change.actions
}

reasons contains message("replaces-other", change, "is replaced, but is no part of a group of machines") if {
	some change in changes
	replaced(change)
	not compute(change)
	not entry_of_replaced_group(change)
}

entry_of_replaced_group(change) if {
	kind(change) in contract.entry
	some other in changes
	group(other)
	replaced(other)
}

reasons contains message("created", change, "is created, which this step does not do") if {
	some change in changes
	only(change, "create")
	not step in {"first", "fill"}
	not whole_slot(change, "create")
}

reasons contains message("deleted", change, "is destroyed, and nothing takes its place") if {
	some change in changes
	only(change, "delete")
	step != "retire"
	not whole_slot(change, "delete")
	not closes_way_in(change)
}

# What a break-glass release opened may go with any step.
closes_way_in(change) if {
	only(change, "delete")
	kind(change) in contract.wayIn
	regex.match(contract.wayInName, name_of(change))
}

# One of two slots that comes or goes beside another step.
whole_slot(change, action) if {
	compute(change)
	slot(change) != "live"
	every other in members(slot(change)) {
		only(other, action)
	}
}

reasons contains message(update_rule(change), change, sprintf("is updated in place in %s", [concat(", ", sort(attributes(change)))])) if {
	some change in changes
	only(change, "update")
	not may_update(change)
}

update_rule(change) := "machines-updated" if compute(change)

else := "updated"

may_update(change) if within(change, contract.limits)

may_update(change) if within(change, contract.weights)

may_update(change) if {
	within(change, contract.pointers)
	some other in changes
	group(other)
	not only(other, "update")
}

may_update(change) if {
	within(change, contract.entryPointers)
	step == "launch"
}

### The step that the changes make together

reasons contains "mixed: The plan takes more than one step at once: release, move traffic and change limits one after the other." if {
	step == "mixed"
	some change in changes
	compute(change)
}

reasons contains "no-group: No group of machines is replaced, so no machine would run the release." if {
	step == "bump"
	every change in changes {
		not replaced_group(change)
	}
}

replaced_group(change) if {
	group(change)
	replaced(change)
}

step := "none" if {
	count(changes) == 0
} else := "first" if {
	every change in changes {
		only(change, "create")
	}
	every change in present {
		new_if_group(change)
	}
	some change in changes
	not compute(change)
} else := "shift" if {
	count(hints) == 0
	pointer_hints == {"shift"}
} else := "scale" if {
	all_hints == {"limits", "shift"}
} else := hint if {
	count(hints) > 0
	count(all_hints) == 1
	some hint in all_hints
	hint != "other"
} else := "mixed"

new_if_group(change) if only(change, "create")

new_if_group(change) if not group(change)

hints contains hint_of(change) if {
	some change in changes
	not pointer(change)
	not closes_way_in(change)
}

pointer_hints contains hint_of(change) if {
	some change in changes
	pointer(change)
}

all_hints := hints - {"bump"} if {
	"launch" in hints
} else := hints | {"shift"} if {
	"shift" in pointer_hints
} else := hints

hint_of(change) := "bump" if {
	replaced(change)
	compute(change)
} else := "launch" if {
	replaced(change)
	kind(change) in contract.entry
} else := "fill" if {
	only(change, "create")
	compute(change)
} else := "retire" if {
	only(change, "delete")
	compute(change)
} else := "limits" if {
	only(change, "update")
	within(change, contract.limits)
} else := "shift" if {
	only(change, "update")
	within(change, contract.weights)
} else := "other"

# A pointer moves with its group.
pointer(change) if {
	only(change, "update")
	some table in [contract.pointers, contract.entryPointers]
	table[kind(change)]
}

### Slots, and what the variables say of them

reasons contains sprintf("serving-slot: Slot %s takes %v %% of the traffic and its machines change. Move the traffic away first.", [name, share]) if {
	some name in ["blue", "green"]
	share := plan.variables[contract.trafficVariable].value[name]
	share > 0
	step != "first"
	some change in members(name)
	happens(change)
	not only(change, "update")
}

reasons contains sprintf("not-pinned: Slot %s is not pinned to an image id that can never mean another image.", [name]) if {
	some name, release in releases
	not pinned(release)
}

pinned(release) if {
	some pattern in contract.imageIds
	regex.match(pattern, release.image_id)
}

reasons contains sprintf("revoked: Slot %s would get machines of an image that is %s.", [name, release.state]) if {
	some name, release in releases
	release.state in contract.refusedStates
	some change in members(name)
	"create" in change.change.actions
}

releases[name] := release if {
	some name, variable in contract.variables
	release := plan.variables[variable].value
	is_object(release)
}

### Reading a plan

# Left-overs of a failed rollout may always go.
present := [change |
	some change in plan.resource_changes
	not unmanaged(change)
	not change.deposed
]

unmanaged(change) if change.mode in {"data", "ephemeral"}

changes := [change |
	some change in present
	happens(change)
]

members(name) := [change |
	some change in present
	compute(change)
	slot(change) == name
]

happens(change) if {
	some action in change.change.actions
	not action in {"no-op", "read"}
}

replaced(change) if {
	"create" in change.change.actions
	"delete" in change.change.actions
}

only(change, action) if change.change.actions == [action]

# Google's global and regional kinds carry the same attributes.
kind(change) := regex.replace(change.type, `^google_compute_region_`, "google_compute_")

group(change) if contract.group[kind(change)]

compute(change) if {
	change.type != "terraform_data"
	contract.compute[kind(change)]
}

# Others use terraform_data for anything: only by its name is it a part of a group.
compute(change) if {
	change.type == "terraform_data"
	regex.match(`(^|_)drain$`, name_of(change))
}

slot(change) := name if {
	words := [word | some word in regex.split(`[_-]`, name_of(change)); word in {"blue", "green"}]
	name := words[0]
} else := "live"

# Some forms of a plan leave the name out; the address ends with it.
name_of(change) := change.name if {
	is_string(change.name)
} else := regex.find_all_string_submatch_n(`([^.\[\]]+)(\[.*\])?$`, change.address, 1)[0][1]

within(change, table) if {
	allowed := table[kind(change)]
	every name in attributes(change) {
		name in allowed
	}
}

# Attributes that an update changes, or whose new value is not known yet.
attributes(change) := names if {
	before := change.change.before
	after := change.change.after
	unknown := {name | some name, value in change.change.after_unknown; walk(value, [_, true])}
	different := {name |
		some name in (object.keys(before) | object.keys(after))
		leaves(object.get(before, name, null)) != leaves(object.get(after, name, null))
	}
	names := unknown | different
}

# Providers read an empty or zero value back where the configuration holds none: no difference.
leaves(value) := {[path, leaf] |
	walk(value, [path, leaf])
	not is_object(leaf)
	not is_array(leaf)
	not leaf in {null, "", 0, false}
}

message(rule, change, what) := sprintf("%s: %s %s.", [rule, change.address, what])
