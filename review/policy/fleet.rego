# The core of the plan review's verdict, for policy sets of HCP Terraform.
#
# A change is denied unless a rule here allows it, so that what this policy does not know, or cannot read, is denied.
package fleet

import data.fleet.capacity
import data.fleet.contract
import data.fleet.given
import data.fleet.strangers
import rego.v1

# An array, as HCP Terraform asks for: the policy passes when it is empty. A message begins with the rule's name in docs/review.md.
deny := sort(reasons) if {
	ours
} else := sort({reason | some reason in reasons; split(reason, ":")[0] in of_any_plan})

# What can be said of a plan of another project.
of_any_plan := {"unreadable", "errored", "partial", "deferred", "invocations", "destroy", "unknown-action", "not-judged"}

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

### The stack

reasons contains "not-judged: This is no stack of this project: no group of machines, no release, no layer of it." if {
	readable
	not plan.errored == true
	not ours
}

ours if strangers.layer_of(cloud, present)

ours if has_group

ours if count(releases) > 0

has_group if {
	some change in present
	group(change)
}

layer := found if {
	found := strangers.layer_of(cloud, present)
} else := "service" if {
	count(releases) > 0
	not has_group
} else := "other"

known(change) if strangers.known(cloud, layer, present, change)

reasons contains sprintf("lost-state: The plan makes the whole stack anew, but the group %s runs already.", [object.get(found.values, "name", "")]) if {
	step == "first"
	some found in plan.prior_state.values.root_module.resources
	found.mode == "data"
	found.type in contract.running
}

reasons contains "lost-state: The plan makes the whole stack anew, but its state knew objects that are gone." if {
	step == "first"
	count(plan.resource_drift) > 0
}

reasons contains sprintf("fewer-machines: Slot %s would have %v machines for the traffic that %v carry now.", [name, left, needed(name)]) if {
	some name in ["live", "blue", "green"]
	left := capacity.machines_after(sized(name))
	left < needed(name)
	not only(capacity.group_in(sized(name)), "delete")
}

reasons contains sprintf("fewer-machines: The plan does not say how many machines slot %s would have.", [name]) if {
	some name in ["live", "blue", "green"]
	needed(name) > 0
	capacity.group_in(sized(name))
	not capacity.machines_after(sized(name))
}

sized(name) := [change |
	some change in present
	compute(change)
	contract.capacity[change.type]
	slot(change) == name
]

# What the slot carries, and what moves to it: the variables do not say where the traffic was before.
needed("live") := capacity.machines_before(sized("live"))

needed(name) := max(array.concat([own | own := capacity.machines_before(sized(name))], [moved(name)])) if {
	name != "live"
	share(name) > 0
}

moved(name) := ceil((capacity.machines_before(sized(other)) * share(name)) / 100) if {
	step in {"shift", "scale", "mixed"}
	not served(name)
	some other in ({"blue", "green"} - {name})
} else := 0

# A slot that had traffic before was large enough for what it takes back: an abort is not held up.
served(name) if {
	some change in present
	own.weights[kind(change)]
	not contains(name_of(change), "preview")
	capacity.served(change.change.before, name)
}

share(name) := plan.variables[contract.trafficVariable].value[name]

### Each object

known_actions := {
	"no-op", "read", "create", "update", "delete", "forget", "open",
	"delete,create", "create,delete", "create,forget",
}

reasons contains message("unknown-action", change, "has an action that this policy does not know") if {
	some change in plan.resource_changes
	not concat(",", change.change.actions) in known_actions
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
	not may_be_replaced(change)
}

may_be_replaced(change) if {
	compute(change)
	known(change)
}

may_be_replaced(change) if {
	kind(change) in own.entry
	known(change)
	moves_machines
}

may_be_replaced(change) if setting_comes_or_goes(change)

moves_machines if {
	some other in changes
	group(other)
	replaced(other)
}

reasons contains message("created", change, "is created, which this step does not do") if {
	some change in changes
	only(change, "create")
	not may_come(change)
}

may_come(change) if {
	step == "first"
	known(change)
}

may_come(change) if setting_comes_or_goes(change)

may_come(change) if comes_or_goes(change, "create", "fill")

reasons contains message("deleted", change, "is destroyed, and nothing takes its place") if {
	some change in changes
	only(change, "delete")
	not may_go(change)
}

may_go(change) if closes_way_in(change)

may_go(change) if setting_comes_or_goes(change)

may_go(change) if comes_or_goes(change, "delete", "retire")

# What machines read, and may use, under the names that the constructs give it.
setting_comes_or_goes(change) if {
	step == "configuration"
	setting(change)
	known(change)
	not own.rights[kind(change)]
}

setting(change) if {
	some table in [own.configuration, own.rights]
	table[kind(change)]
	regex.match(object.get(own.configurationNames, kind(change), ""), change.address)
}

# A part of one of two slots comes or goes with the slot's group; beside another step, the slot comes or goes as a whole.
comes_or_goes(change, action, _) if {
	with_group(change, action)
	every other in members(slot(change)) {
		only(other, action)
	}
}

comes_or_goes(change, action, its_step) if {
	step == its_step
	with_group(change, action)
}

with_group(change, action) if {
	compute(change)
	known(change)
	slot(change) != "live"
	some other in members(slot(change))
	group(other)
	only(other, action)
}

# What a break-glass release opened may go with any step.
closes_way_in(change) if {
	only(change, "delete")
	kind(change) in own.wayIn
	regex.match(contract.wayInName, name_of(change))
}

reasons contains message(update_rule(change), change, sprintf("is updated in place in %s", [concat(", ", sort(attributes(change)))])) if {
	some change in changes
	only(change, "update")
	not may_update(change)
}

update_rule(change) := "machines-updated" if compute(change)

else := "updated"

may_update(change) if {
	known(change)
	count(attributes(change)) > 0
	may_change(change)
}

may_change(change) if within(change, own.limits)

may_change(change) if within(change, own.weights)

may_change(change) if {
	step == "configuration"
	setting(change)
	some table in [own.configuration, own.rights]
	within(change, table)
}

may_change(change) if {
	within(change, own.pointers)
	some other in changes
	group(other)
	not only(other, "update")
}

may_change(change) if follower(change)

may_change(change) if {
	within(change, own.entryPointers)
	step == "launch"
}

reasons contains message("gives-more", change, sprintf("would give what no construct of this project gives: %s", [concat(", ", sort(more))])) if {
	some change in changes
	more := given.beyond(change, name_of(change))
	count(more) > 0
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

pinned(release) if regex.match(own.imageId, release.image_id)

# A plan in which nothing changes may hold no object at all.
pinned(release) if {
	not cloud
	some planes in contract.planes
	regex.match(planes.imageId, release.image_id)
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
