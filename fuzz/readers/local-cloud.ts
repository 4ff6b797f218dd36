/** What the local cloud reads: terraform's messages, and its own journal. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { encode as pack } from "@msgpack/msgpack";
import { Cloud } from "../../local-cloud/cloud/apply";
import { list } from "../../local-cloud/cloud/listing";
import { JournalError, Store } from "../../local-cloud/cloud/store";
import { Service } from "../../local-cloud/protocol/service";
import { decode, encode, type Message, type Method } from "../../local-cloud/protocol/wire";
import { Catalog, PROVIDERS, type ProviderName } from "../../local-cloud/schemas/catalog";
import { mutants, type Inputs, type Recipe } from "../mutate";
import { checkWords, type Reader } from "../reader";
import { put, textOf } from "./project";

const PLACES: Readonly<Record<ProviderName, string>> = {
  aws: "aws-us-east-1",
  google: "google-us-central1",
  azurerm: "azure-westeurope",
};

const METHODS = [
  ...[
    "ValidateResourceTypeConfig",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ReadResource",
    "UpgradeResourceState",
  ],
  ...["ImportResourceState", "ValidateDataSourceConfig", "ReadDataSource", "Configure"],
] as const satisfies readonly Method[];

interface Asked {
  readonly provider: number;
  readonly type: string;
  readonly method: Method;
  readonly isData: boolean;
}

type Blocks = Record<string, Record<string, object>>;

/** Values of every resource and data source of the project's own stacks: they are what a provider is asked about. */
function seeds(): { readonly asked: Omit<Asked, "method">; readonly text: string }[] {
  return PROVIDERS.flatMap((name, provider) =>
    ["foundation", "web"].flatMap((layer) => {
      const { configuration } = JSON.parse(
        textOf(`__tests__/local-cloud/recorded/prod-${layer}-${PLACES[name]}.json`),
      ) as {
        configuration: { resource?: Blocks; data?: Blocks };
      };
      return (["resource", "data"] as const).flatMap((section) =>
        Object.entries(configuration[section] ?? {}).flatMap(([type, named]) => {
          const body = Object.values(named)[0] ?? {};
          return [{ asked: { provider, type, isData: section === "data" }, text: JSON.stringify(body) }];
        }),
      );
    }),
  );
}

interface Call {
  readonly method: Method;
  readonly recipe: Recipe;
  /** Whether the message's bytes are spoiled as well. */
  readonly byte: number | null;
}

const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

function bytesOf(value: unknown): Uint8Array {
  try {
    return pack(value, { maxDepth: 400 });
  } catch {
    return new Uint8Array();
  }
}

function messages(): Inputs<Call> {
  const all = seeds();
  const { recipes, build } = mutants(
    "json",
    all.map(({ text }) => text),
  );
  return {
    recipes: fc.record({
      method: fc.constantFrom(...METHODS),
      recipe: recipes,
      byte: fc.option(fc.nat(), { freq: 5 }),
    }),
    build: ({ method, recipe, byte }) => {
      const at = "seed" in recipe ? recipe.seed : 0;
      const { asked, text } = all[at]!;
      const [before, after] = [valueOf(text), valueOf(build(recipe).toString("utf8"))].map((value) => ({
        msgpack: bytesOf(value),
      }));
      const request: Message = {
        type_name: asked.type,
        ...{
          config: after,
          proposed_new_state: after,
          planned_state: after,
          current_state: after,
          prior_state: before,
        },
        ...{ id: "main", raw_state: { json: build(recipe) } },
      };
      const wanted = asked.isData && method.includes("Resource") ? "ReadDataSource" : method;
      const bytes = encode(`${wanted}Request`, request);
      if (byte !== null && bytes.length > 0) bytes[byte % bytes.length] = byte >> 8;
      return Buffer.from(JSON.stringify({ provider: asked.provider, method: wanted, bytes: bytes.toString("base64") }));
    },
  };
}

export const providerCalls: Reader = {
  name: "message",
  inputs: messages,
  errors: [],
  open: (folder) => {
    let fresh = 0;
    let store: Store | undefined;
    const catalogs = PROVIDERS.map((name) => new Catalog(name));
    let services: Service[] = [];
    // What a call leaves behind is forgotten from time to time: the next ones shall not wade through it.
    const renew = () => {
      store?.close();
      store = new Store(join(folder, String(fresh)));
      const cloud = new Cloud(store, { unhealthy: "", bootMs: 0 });
      services = catalogs.map((catalog) => new Service(catalog, cloud, () => undefined));
    };
    return async (input) => {
      if (fresh++ % 500 === 0) renew();
      const { provider, method, bytes } = JSON.parse(input.toString("utf8")) as {
        provider: number;
        method: Method;
        bytes: string;
      };
      let request: Message;
      try {
        request = decode(`${method}Request`, Buffer.from(bytes, "base64"));
      } catch {
        // Refused by gRPC itself, before anything of the local cloud sees it.
        return;
      }
      const { response, sent } = await services[provider]!.answer(method, request, "peer");
      sent?.();
      const { diagnostics } = decode(`${method}Response`, response) as {
        diagnostics?: { summary: string; detail: string }[];
      };
      for (const { summary, detail } of diagnostics ?? []) checkWords(`${summary}\n${detail}`);
    };
  },
};

const object = (key: string, type: string, more: object = {}) => ({
  put: {
    key,
    type,
    id: key,
    serial: 1,
    attributes: { id: key, name: "web-1-0-0", region: "us-east-1", desired_capacity: 2 },
    ...more,
  },
});
const JOURNAL = [
  { cloud: "6f1c6a1e-0000-4000-8000-000000000000" },
  { session: "6f1c6a1e-0000-4000-8000-000000000001" },
  object("aws/us-east-1/aws_autoscaling_group/web", "aws_autoscaling_group", {
    machines: { image: "ami-1", healthy: true },
    unheard: true,
  }),
  { heard: "aws/us-east-1/aws_autoscaling_group/web" },
  object("aws/us-east-1/aws_lb_listener/a", "aws_lb_listener", { orphan: true }),
  { gone: "aws/us-east-1/aws_lb_listener/a" },
]
  .map((entry) => `${JSON.stringify(entry)}\n`)
  .join("");

export const journals: Reader = {
  name: "journal",
  inputs: () => {
    const whole = mutants("text", [JOURNAL]);
    const lines = mutants("json", JOURNAL.trim().split("\n"));
    const build = (recipe: { entry?: Recipe; journal?: Recipe }) =>
      recipe.journal
        ? whole.build(recipe.journal)
        : Buffer.concat([Buffer.from(JOURNAL), lines.build(recipe.entry!), Buffer.from("\n")]);
    const recipes = fc.oneof(
      lines.recipes.map((entry) => ({ entry })),
      whole.recipes.map((journal) => ({ journal })),
    );
    return { recipes, build };
  },
  errors: [JournalError],
  open: (folder) => {
    const at = join(folder, "cloud");
    mkdirSync(at);
    return (input) => {
      put(join(at, "journal.jsonl"), input);
      const store = new Store(at);
      try {
        list(store);
      } finally {
        store.close();
      }
      // What it left behind is a journal again.
      new Store(at, { shared: true }).close();
    };
  },
};
