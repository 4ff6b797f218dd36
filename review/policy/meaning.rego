# Whether two values mean the same: what constructs/contract/meaning.ts says, but for partial links, which are denied here.
package fleet.meaning

import rego.v1

# Attributes in which two objects differ.
different(before, after) := {name |
	some name in (object.keys(before) | object.keys(after))
	leaves(object.get(before, name, null)) != leaves(object.get(after, name, null))
}

# Providers read an empty or zero value back where the configuration holds none: no difference.
leaves(value) := {[path, canonical(leaf)] |
	walk(value, [path, leaf])
	not is_object(leaf)
	not is_array(leaf)
	not leaf in {null, "", 0, false}
}

canonical(leaf) := sprintf("%v", [leaf]) if {
	not is_string(leaf)
} else := policy_leaves(document) if {
	document := document_in(leaf)
	is_array(document.Statement)
} else := json.marshal(document_in(leaf)) if {
	document_in(leaf)
} else := lower(leaf) if {
	regex.match(`(?i)^/subscriptions/`, leaf)
} else := regex.replace(leaf, `^(https://([a-z0-9-]+\.)?googleapis\.com/([a-z]+/)?(v\d+[a-z0-9]*|beta|alpha)|//[a-z]+\.googleapis\.com)/projects/`, "projects/") if {
	contains(leaf, "googleapis.com/")
} else := regex.replace(leaf, `:\*$`, "") if {
	regex.match(`^arn:[a-z-]+:logs:[^*]*:log-group:[^:*]+:\*$`, leaf)
} else := bounds[0] if {
	bounds := split(leaf, "-")
	count(bounds) == 2
	bounds[0] == bounds[1]
	regex.match(`^\d+$`, bounds[0])
} else := leaf

document_in(text) := json.unmarshal(text) if {
	regex.match(`^\s*[\[{]`, text)
	json.is_valid(text)
}

# In a policy's statement a value may stand without its list, and the order of a list says nothing.
policy_leaves(document) := {[steps, leaf] |
	walk(document, [path, leaf])
	not is_object(leaf)
	not is_array(leaf)
	steps := [step | some index, step in path; not list_index(index, step)]
}

list_index(index, step) if {
	index > 2
	is_number(step)
}
