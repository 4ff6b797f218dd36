# The step that the changes of a plan make together: review/subject.ts says the same.
package fleet

import rego.v1

step := "none" if {
	count(changes) == 0
} else := "first" if {
	every change in changes {
		only(change, "create")
	}
	every change in present {
		only(change, "create")
	}
	count(state) == 0
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

# Objects that the state holds already.
state := [object |
	some object in plan.prior_state.values.root_module.resources
	object.mode == "managed"
]

hints contains hint_of(change) if {
	some change in changes
	not pointer(change)
	not follower(change)
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
	kind(change) in own.entry
	entry_moves(change)
} else := setting_hint(change) if {
	setting(change)
} else := "fill" if {
	only(change, "create")
	compute(change)
} else := "retire" if {
	only(change, "delete")
	compute(change)
} else := "limits" if {
	only(change, "update")
	within(change, own.limits)
} else := "shift" if {
	only(change, "update")
	within(change, own.weights)
} else := "other"

entry_moves(_) if moves_machines

entry_moves(change) if not setting(change)

setting_hint(change) := "configuration" if {
	only(change, "update")
	some table in [own.configuration, own.rights]
	within(change, table)
} else := "configuration" if {
	not only(change, "update")
	not own.rights[kind(change)]
} else := "other"

# A pointer moves with its group.
pointer(change) if {
	only(change, "update")
	some table in [own.pointers, own.entryPointers]
	table[kind(change)]
}
