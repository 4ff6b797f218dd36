# What a stack is, and which of its objects are none of its own: what constructs/contract/strangers.ts says.
package fleet.strangers

import data.fleet.contract
import rego.v1

layers := ["service", "persistent", "foundation"]

parts(address) := regex.find_all_string_submatch_n(`^([a-z0-9_]+)\.([A-Za-z0-9_-]+)(\[.*\])?$`, address, 1)[0]

fits(names, address) if {
	[_, type, name, index] := parts(address)
	regex.match(sprintf("^(%s)$", [names[type]]), name)
	index_is_made(type, index)
}

index_is_made(_, index) if index in {"", "[0]"}

index_is_made(type, _) if type in contract.each

made(cloud, layer, change) if fits(contract.planes[cloud].made[layer], change.address)

# By what every stack of a layer has in its cloud; undefined for another project's.
layer_of(cloud, present) := [layer |
	some layer in layers
	some change in present
	startswith(change.address, contract.prefixes[cloud])
	fits(contract.anchors[layer], change.address)
][0]

new(change) if change.change.actions == ["create"]

# Where the constructs named the groups, every object goes by its name.
known(cloud, layer, _, change) if {
	made(cloud, layer, change)
	not opens_way_in(change)
	own_text(change)
}

known(cloud, "service", present, change) if {
	not new(change)
	not change.type in contract.single
	change.type in contract.planes[cloud].computeTypes
	some group in present
	group.type == contract.planes[cloud].groupType
	startswith(parts(change.address)[2], sprintf("%s_", [slot(group)]))
}

opens_way_in(change) if {
	new(change)
	contains(change.address, contract.wayInName)
}

# Where others did, nothing but the types can be held: one group in a slot, all in one cloud.
known(cloud, "other", present, change) if {
	of_cloud(cloud, change)
	not second(present, change)
	known_type(cloud, change)
}

known_type(_, change) if not new(change)

known_type(cloud, change) if {
	broad(change.type) in contract.planes[cloud].knownKinds
	own_text(change)
}

of_cloud(cloud, change) if startswith(change.type, contract.prefixes[cloud])

of_cloud(cloud, change) if change.type in contract.planes[cloud].computeTypes

# A template says what it makes in a text of its own, which may be anything.
own_text(change) if not contract.texts[change.type]

own_text(change) if not new(change)

own_text(change) if {
	own := contract.texts[change.type]
	regex.match(own.form, change.change.after[own.attribute])
}

second(present, change) if {
	broad(change.type) in {broad(type) | some type in contract.single}
	same := [other.address |
		some other in present
		broad(other.type) == broad(change.type)
		slot(other) == slot(change)
	]
	same[0] != change.address
}

broad(type) := regex.replace(type, `^google_compute_(region|global)_`, "google_compute_")

name_in(address) := regex.find_all_string_submatch_n(`([^.\[\]]+)(\[.*\])?$`, address, 1)[0][1]

slot(change) := word if {
	word := [one | some one in regex.split(`[_-]`, name_in(change.address)); one in {"blue", "green"}][0]
} else := "live"
