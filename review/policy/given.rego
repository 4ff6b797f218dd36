# What an object of a construct's name would give beyond what the construct gives: what constructs/contract/given.ts says.
package fleet.given

import data.fleet.contract
import data.fleet.meaning
import rego.v1

beyond(change, name) := more(change, entry(change.type, name)) | missing(change, entry(change.type, name)) if {
	comes_or_changes(change)
}

comes_or_changes(change) if "create" in change.change.actions

comes_or_changes(change) if "update" in change.change.actions

# What a construct of this name gives.
entry(type, name) := {"given": given, "values": values} if {
	given := contract.given[type]
	values := [one | some pattern, one in given.names; regex.match(sprintf("^(%s)$", [pattern]), name)][0]
}

more(change, found) := {sprintf("%s %s", leaf) |
	some leaf in leaves(change.change.after, found.values)
	some top in found.given.held
	holds(top, leaf[0])
	judged(change, leaf[0])
	not fits(object.get(found.values, leaf[0], []), leaf[1])
	not fits(object.get(found.given.defaults, leaf[0], []), leaf[1])
}

missing(change, found) := {sprintf("no %s", [path]) |
	some path in found.given.needs
	found.values[path]
	attribute(path) in object.keys(change.change.after)
	judged(change, path)
	not unknown(change, attribute(path))
	stands(owner(path), leaves(change.change.after, found.values))
	not path in {leaf[0] | some leaf in leaves(change.change.after, found.values)}
}

# A named statement needs its condition where it stands; anything else is needed always.
owner(path) := regex.find_all_string_submatch_n(`^(.*@[^.]+)[.]`, path, 1)[0][1]

owner(path) := "" if not regex.match(`^.*@[^.]+[.]`, path)

stands("", _)

stands(above, found) if {
	some leaf in found
	below(leaf[0], above)
}

# Names are held in any letters; a text where a document belongs is held as a whole.
holds(top, path) if below(lower(path), lower(top))

holds(top, path) if startswith(top, sprintf("%s.", [path]))

below(path, path)

below(path, top) if startswith(path, sprintf("%s.", [top]))

below(path, top) if startswith(path, sprintf("%s@", [top]))

attribute(path) := regex.find_n(`^[^.@]+`, path, 1)[0]

# Of what is there already, only what changes.
judged(change, _) if "create" in change.change.actions

judged(change, path) if attribute(path) in meaning.different(change.change.before, change.change.after)

unknown(change, name) if {
	walk(change.change.after_unknown[name], [_, value])
	value == true
}

fits(texts, value) if value in texts

fits(texts, value) if {
	some text in texts
	startswith(text, "~")
	regex.match(sprintf("^(%s)$", [substring(text, 1, -1)]), value)
}

# Values with their paths; JSON is looked into where the table holds no text.
leaves(after, values) := {leaf | some leaf in plain(after, ""); not document(leaf, values)} | {leaf |
	some whole in plain(after, "")
	document(whole, values)
	some leaf in plain(json.unmarshal(whole[1]), whole[0])
}

document(leaf, values) if {
	not values[leaf[0]]
	regex.match(`^\s*[\[{]`, leaf[1])
	json.is_valid(leaf[1])
}

plain(root, above) := {[trim_left(concat("", array.concat([above], steps_of(root, path))), "."), sprintf("%v", [leaf])] |
	walk(root, [path, leaf])
	not is_object(leaf)
	not is_array(leaf)
	not leaf in {null, ""}
	path[count(path) - 1] != "Sid"
}

# Lists leave no step in a path; a statement of a policy is named by its Sid.
steps_of(root, path) := [sprintf("%s%s", [word(step), sid(root, path, index)]) | some index, step in path]

word(step) := sprintf(".%s", [step]) if is_string(step)

word(step) := "" if is_number(step)

sid(root, path, index) := sprintf("@%s", [found]) if {
	found := object.get(root, array.concat(array.slice(path, 0, index + 1), ["Sid"]), null)
	is_string(found)
	index < count(path) - 1
} else := ""
