# Reading a plan: its objects, and which part of a service they are.
package fleet

import data.fleet.contract
import data.fleet.meaning
import rego.v1

# The cloud that most of the stack's objects are of: its contract is the one that holds.
cloud := [name | some name in contract.clouds; objects_of[name] == max([count | some count in objects_of]); objects_of[name] > 0][0]

objects_of[name] := count([change | some change in present; startswith(change.type, prefix)]) if {
	some name, prefix in contract.prefixes
}

own := contract.planes[cloud]

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

group(change) if kind(change) == own.group

# Of types that others use for anything, and of those that stay in a service with two slots, only some names are a part of it.
compute(change) if {
	own.compute[kind(change)]
	regex.match(object.get(own.computeNames, kind(change), ""), name_of(change))
}

# Whether a part of the machines that traffic goes through is replaced, so that what leads to it moves.
moves_entry if {
	some change in changes
	compute(change)
	replaced(change)
	own.pointers[kind(change)]
}

follower(change) if {
	moves_entry
	only(change, "update")
	within(change, own.followers)
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
	names := unknown | meaning.different(before, after)
}

message(rule, change, what) := sprintf("%s: %s %s.", [rule, change.address, what])
