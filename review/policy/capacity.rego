# Machines for the traffic: what constructs/contract/capacity.ts says, as far as the variables tell the traffic.
package fleet.capacity

import data.fleet.contract
import rego.v1

# What a slot's parts say of its size: the group, and what scales it.
size(change, side, what) := value if {
	path := contract.capacity[change.type][what]
	value := object.get(change.change[side], [step | some text in split(path, "."); step := step_of(text)], null)
	is_number(value)
}

step_of(text) := to_number(text) if {
	regex.match(`^\d+$`, text)
} else := text

group_in(parts) := [part | some part in parts; contract.capacity[part.type].size][0]

creates(change) if "create" in change.change.actions

machines_before(parts) := 0 if {
	group_in(parts).change.actions == ["create"]
} else := size(group_in(parts), "before", "size")

machines_after(parts) := 0 if {
	group_in(parts).change.actions == ["delete"]
} else := machines_before(parts) if {
	every part in parts {
		part.change.actions == ["no-op"]
	}
} else := min(array.concat([max(array.concat(own_size(group_in(parts)), least(parts)))], most(parts)))

own_size(group) := [size(group, "after", "size")] if {
	size(group, "after", "size") >= 0
} else := [size(group, "after", "gate")] if {
	size(group, "after", "gate") >= 0
} else := [size(group, "before", "size") | not creates(group)]

# One that is made begins with its own size, and takes the traffic with that.
least(parts) := [] if {
	creates(group_in(parts))
} else := [size(part, "after", "min") | some part in staying(parts)]

most(parts) := [size(part, "after", "max") | some part in staying(parts)]

staying(parts) := [part | some part in parts; part.change.actions != ["delete"]]

# Whether a traffic entry sends something to a slot: targets with weights, or without.
served(entry, slot) if {
	walk(entry, [_, target])
	target.weight > 0
	names(object.get(target, "arn", object.get(target, "backend_service", "")), slot)
}

served(entry, slot) if {
	some target in array.concat(object.get(entry, "backend_address_pool_ids", []), [object.get(entry, "default_service", "")])
	names(target, slot)
}

names(target, slot) if regex.match(sprintf(`(^|[^a-z])%s([^a-z]|$)`, [slot]), target)
