/** Answers the calls of terraform for one provider. */
import type { Cloud } from "../cloud/apply";
import { CloudError } from "../cloud/errors";
import { neverKnown } from "../cloud/messages";
import { importState, readLive } from "../cloud/read";
import { readDataSource } from "../cloud/data-sources";
import type { Problem } from "../engine/request";
import type { Path } from "../engine/path";
import { plan } from "../rules";
import type { ProviderSettings } from "../engine/request";
import { validate } from "../rules";
import type { Catalog, TypeSchema } from "../schemas/catalog";
import type { Block } from "../schemas/compact";
import { readSettings } from "../settings";
import { schemaResponse } from "./schema";
import { misfit } from "./fits";
import { fromJson, fromMsgpack, isObject, type Obj, toMsgpack, type Value } from "./values";
import { encode, type Message, type Method } from "./wire";

const ERROR = 1;
/** Connections do not say when they end; far more than terraform opens at a time are remembered. */
const MAX_CONNECTIONS = 2000;

/** An answer, and what to do when it is sent. */
export interface Answer {
  readonly response: Buffer;
  readonly sent?: () => void;
}

/** A provider as terraform sees it. Each connection has its own configuration: that is how aliases are told apart. */
export class Service {
  readonly #catalog: Catalog;
  readonly #cloud: Cloud;
  readonly #settings = new Map<string, ProviderSettings>();
  /** Told when terraform on a connection is to stop. */
  readonly #stops = new Map<string, AbortController>();
  readonly #refused: (words: string) => void;
  #schema: Buffer | undefined;

  /** `refused` hears every error that terraform is told. */
  constructor(catalog: Catalog, cloud: Cloud, refused: (words: string) => void) {
    this.#catalog = catalog;
    this.#cloud = cloud;
    this.#refused = refused;
  }

  /** The encoded answer to a call. A bug becomes a diagnostic, never a dead server. */
  async answer(method: Method, request: Message, peer: string): Promise<Answer> {
    try {
      this.#cloud.store.refresh();
      if (method === "GetSchema") {
        this.#schema ??= encode("GetSchemaResponse", schemaResponse(this.#catalog));
        return { response: this.#schema };
      }
      if (method === "ApplyResourceChange") return await this.#applied(request, peer);
      const message = await this.#handle(method, request, peer);
      this.#tell(request, message);
      return { response: encode(`${method}Response`, message) };
    } catch (error) {
      const type = typeof request.type_name === "string" ? `${request.type_name}: ` : "";
      const summary = `${type}the local cloud cannot answer ${method}: ${(error as Error).message}`;
      this.#refused(summary);
      return { response: encode(`${method}Response`, { diagnostics: [{ severity: ERROR, summary }] }) };
    }
  }

  #tell({ type_name: type }: Message, { diagnostics: said }: Message): void {
    for (const { summary } of (said as { summary: string }[] | undefined) ?? []) {
      this.#refused(typeof type === "string" ? `${type}: ${summary}` : summary);
    }
  }

  async #handle(method: Method, request: Message, peer: string): Promise<Message> {
    switch (method) {
      case "PrepareProviderConfig":
        return { prepared_config: request.config };
      case "Configure":
        return this.#configure(request, peer);
      case "ValidateResourceTypeConfig":
        return this.#validate(this.#resource(request), request);
      case "ValidateDataSourceConfig":
        return this.#validate(this.#dataSource(request), request);
      case "UpgradeResourceState":
        return this.#upgrade(this.#resource(request), request);
      case "ReadResource":
        return this.#read(this.#resource(request), request, peer);
      case "PlanResourceChange":
        return this.#plan(this.#resource(request), request, peer);
      case "ImportResourceState":
        return this.#import(this.#resource(request), request, peer);
      case "ReadDataSource":
        return this.#readData(this.#dataSource(request), request, peer);
      case "Stop":
        this.#stopOf(peer).abort();
        return {};
      default:
        return {};
    }
  }

  #stopOf(peer: string): AbortController {
    const known = this.#stops.get(peer) ?? new AbortController();
    this.#stops.set(peer, known);
    const [oldest] = this.#stops.keys();
    if (this.#stops.size > MAX_CONNECTIONS && oldest !== undefined) this.#stops.delete(oldest);
    return known;
  }

  #settingsOf(peer: string): ProviderSettings {
    return this.#settings.get(peer) ?? readSettings(this.#catalog.provider, {}, process.env);
  }

  #resource(request: Message): TypeSchema {
    return this.#known(this.#catalog.resource(String(request.type_name)), "resource", request);
  }

  #dataSource(request: Message): TypeSchema {
    return this.#known(this.#catalog.dataSource(String(request.type_name)), "data source", request);
  }

  #known(schema: TypeSchema | undefined, kind: string, request: Message): TypeSchema {
    if (schema) return schema;
    throw new CloudError(`it does not know the ${kind} type ${String(request.type_name)}`);
  }

  #configure(request: Message, peer: string): Message {
    const settings = readSettings(this.#catalog.provider, decodeValue(request.config) ?? {}, process.env);
    this.#settings.set(peer, settings);
    // A new connection may have the port of one whose terraform was stopped.
    this.#stops.delete(peer);
    const [oldest] = this.#settings.keys();
    if (this.#settings.size > MAX_CONNECTIONS && oldest !== undefined) this.#settings.delete(oldest);
    if (this.#catalog.provider === "azurerm" && !settings.subscription) {
      const detail = "Set subscription_id in the provider block, or the environment variable ARM_SUBSCRIPTION_ID.";
      const summary = "`subscription_id` is a required provider property when performing a plan/apply operation";
      return diagnostics([{ summary, detail, path: ["subscription_id"] }]);
    }
    if (this.#catalog.provider === "aws" && !settings.region) {
      const detail =
        'Set region in the provider block, e.g. region = "us-east-1", or the environment variable AWS_REGION.';
      return diagnostics([{ summary: "Missing region configuration", detail, path: ["region"] }]);
    }
    return {};
  }

  #validate(schema: TypeSchema, request: Message): Message {
    return diagnostics(validate(schema, valueOf(schema, request.config) ?? {}));
  }

  #upgrade(schema: TypeSchema, request: Message): Message {
    const raw = request.raw_state as { json: Buffer } | null;
    const state = raw ? fromJson(raw.json.toString("utf8")) : null;
    return { upgraded_state: dynamic(isObject(state) ? state : null, schema.block) };
  }

  /** The mark beside every object that was made here; terraform keeps it in its state. */
  #mark(): Buffer {
    return Buffer.from(JSON.stringify({ local_cloud: this.#cloud.store.cloudId }));
  }

  /**
   * A state from elsewhere may name objects that exist here too: only the mark tells.
   *
   * Terraform forgets the mark of an object whose change a crash cut off. Then the cloud must know the object.
   */
  #refuseForeign(schema: TypeSchema, state: Obj, mark: Uint8Array): void {
    if (mark.length === 0 || this.#mark().equals(mark)) return;
    throw new CloudError(neverKnown(schema, String(state.id)));
  }

  #read(schema: TypeSchema, request: Message, peer: string): Message {
    const state = valueOf(schema, request.current_state);
    if (!state) return { new_state: request.current_state };
    try {
      this.#refuseForeign(schema, state, request.private as Uint8Array);
      const live = readLive(this.#cloud, schema, state, this.#settingsOf(peer));
      return { new_state: dynamic(live, schema.block), private: this.#mark() };
    } catch (error) {
      return { new_state: request.current_state, private: request.private, ...failure(error) };
    }
  }

  #plan(schema: TypeSchema, request: Message, peer: string): Message {
    const proposed = valueOf(schema, request.proposed_new_state);
    // A delete is planned as it is; what forbids it is seen when it is applied.
    if (!proposed) return { planned_state: request.proposed_new_state, planned_private: request.prior_private };
    const prior = valueOf(schema, request.prior_state);
    const result = plan({
      schema,
      prior,
      proposed,
      config: valueOf(schema, request.config) ?? {},
      settings: this.#settingsOf(peer),
    });
    // A replacement is planned once more, as a new object.
    if (result.requiresReplace.length === 0) this.#cloud.expects(schema, prior, result.planned);
    return {
      planned_state: dynamic(result.planned, schema.block),
      requires_replace: result.requiresReplace.map(pathMessage),
      planned_private: request.prior_private,
      legacy_type_system: !schema.framework,
      ...diagnostics(result.problems),
    };
  }

  async #applied(request: Message, peer: string): Promise<Answer> {
    const schema = this.#resource(request);
    const message = await this.#apply(schema, request, peer);
    this.#tell(request, message);
    const state = decodeValue(message.new_state);
    const settings = this.#settingsOf(peer);
    return {
      response: encode("ApplyResourceChangeResponse", message),
      sent: () => state && this.#cloud.heard(schema, state, settings),
    };
  }

  async #apply(schema: TypeSchema, request: Message, peer: string): Promise<Message> {
    const [prior, planned] = [valueOf(schema, request.prior_state), valueOf(schema, request.planned_state)];
    const settings = this.#settingsOf(peer);
    const answer = (state: Obj | null): Message => ({
      new_state: dynamic(state, schema.block),
      private: this.#mark(),
      legacy_type_system: !schema.framework,
    });
    try {
      if (prior) this.#refuseForeign(schema, prior, request.planned_private as Uint8Array);
      if (prior) await this.#cloud.leaves(schema, prior, planned);
      if (!planned) {
        if (prior) await this.#cloud.delete(schema, prior, settings);
        return answer(null);
      }
      const stop = this.#stopOf(peer).signal;
      if (prior) return answer(await this.#cloud.update(schema, prior, planned, settings, stop));
      return answer(await this.#cloud.create(schema, planned, settings, stop));
    } catch (error) {
      const made = error instanceof CloudError ? error.object : undefined;
      const kept = prior ? { private: request.planned_private } : {};
      return { ...answer(made ?? prior), ...kept, ...failure(error) };
    }
  }

  #import(schema: TypeSchema, request: Message, peer: string): Message {
    try {
      const state = importState(this.#cloud, schema, String(request.id), this.#settingsOf(peer));
      return {
        imported_resources: [{ type_name: schema.name, state: dynamic(state, schema.block), private: this.#mark() }],
      };
    } catch (error) {
      return failure(error);
    }
  }

  #readData(schema: TypeSchema, request: Message, peer: string): Message {
    try {
      const config = valueOf(schema, request.config) ?? {};
      const state = readDataSource(this.#cloud, schema, config, this.#settingsOf(peer));
      return { state: dynamic(state, schema.block) };
    } catch (error) {
      return failure(error);
    }
  }
}

function decodeValue(value: unknown): Obj | null {
  const bytes = (value as { msgpack?: Uint8Array; json?: Uint8Array } | null | undefined)?.msgpack;
  if (!bytes || bytes.length === 0) return null;
  const decoded: Value = fromMsgpack(bytes);
  return isObject(decoded) ? decoded : null;
}

/** @throws CloudError when the value is none of the type's */
function valueOf(schema: TypeSchema, value: unknown): Obj | null {
  const decoded = decodeValue(value);
  const wrong = decoded && misfit(decoded, schema.block);
  if (wrong) throw new CloudError(`the message holds ${wrong}`);
  return decoded;
}

const dynamic = (value: Obj | null, block: Block): Message => ({ msgpack: toMsgpack(value, block) });

function failure(error: unknown): Message {
  if (!(error instanceof CloudError)) throw error;
  return diagnostics([{ summary: error.message }]);
}

function diagnostics(problems: readonly Problem[]): Message {
  return {
    diagnostics: problems.map(({ summary, detail, path }) => ({
      severity: ERROR,
      summary,
      ...(detail ? { detail } : {}),
      ...(path && path.length > 0 ? { attribute: pathMessage(path) } : {}),
    })),
  };
}

function pathMessage(path: Path): Message {
  return {
    steps: path.map((step) => {
      if (typeof step === "number") return { element_key_int: step };
      return typeof step === "string" ? { attribute_name: step } : { element_key_string: step.key };
    }),
  };
}
