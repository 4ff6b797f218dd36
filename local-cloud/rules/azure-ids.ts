/** The ids of Azure objects as azurerm reads them: the fixed segments in exactly their case. */

const NAME = "{}";
/** The id of an object inside a resource group, up to the resource provider. */
const IN_GROUP = `/subscriptions/${NAME}/resourceGroups/${NAME}/providers/`;

/** Why a text is no id of a form such as `Microsoft.Network/virtualNetworks/{}`; undefined when it is one. */
export function wrongAzureId(form: string, id: string): string | undefined {
  const whole = form.startsWith("/") ? form : `${IN_GROUP}${form}`;
  const why = mismatch(whole.slice(1).split("/"), id.replace(/^\//, "").split("/"));
  return why && `parsing "${id}": ${why}\n\nExpected an ID that matched:\n\n> ${example(whole)}`;
}

function mismatch(expected: readonly string[], found: readonly string[]): string | undefined {
  if (found.join("") === "") return "cannot parse an empty string";
  if (found.length < expected.length) {
    return `the number of segments didn't match: expected ${expected.length}, got ${found.length}`;
  }
  const wrong = expected.findIndex((segment, i) => (segment === NAME ? found[i] === "" : segment !== found[i]));
  if (wrong >= 0) {
    const literal = expected[wrong] === NAME ? "a name" : `the literal value "${expected[wrong]}"`;
    return `parsing segment "${expected[wrong]}": the segment at position ${wrong} didn't match: it should be ${literal}, got "${found[wrong]}"`;
  }
  const rest = found.slice(expected.length).join("/");
  return rest === "" ? undefined : `unexpected segment "${rest}" present at the end of the URI`;
}

/** A form with names in it, each after the segment before it: `virtualNetworks` gives `virtualNetworkName`. */
const example = (form: string): string =>
  form.replace(/(\w+)\/\{\}/g, (_, kind: string) => `${kind}/${kind.replace(/ies$/, "y").replace(/s$/, "")}Name`);
