/** Create, update and delete, with the rules that real clouds enforce then and terraform cannot see before. */
import { randomUUID } from "node:crypto";
import type { ProviderSettings } from "../engine/request";
import { absent, type Obj, Unknown, type Value } from "../protocol/values";
import type { TypeSchema } from "../schemas/catalog";
import { mergedTags } from "../rules/aws-general";
import { refusedByLimit } from "../rules/limits";
import { fillUnknowns, onUpdate } from "./computed";
import type { World } from "./world";
import { CloudError } from "./errors";
import { childrenOf, heldBy, lockOn, membersOfGroup, missingReference } from "./graph";
import { missingPlace } from "./ids-google";
import { adopts, alike } from "./kinds";
import { refersTo } from "./links";
import { adopted, existing } from "./standing";
import { GROUPS } from "./groups";
import { objectKey } from "./identity";
import { newArn, newId } from "./ids";
import * as messages from "./messages";
import { keepAfterDelete, keptAfterDelete } from "./deleted";
import { uniqueFrom } from "./names";
import { clash, placesOf } from "./places";
import { Races } from "./races";
import { twinValues } from "./read-back";
import { refusedCombination } from "./refusals";
import { asRead } from "./as-read";
import type { CloudObject, Store } from "./store";
import type { Machinery } from "./machinery";
import { madeBy } from "./templates";

/** The cloud that a provider instance talks to. */
export class Cloud {
  readonly store: Store;
  readonly unhealthy: string;
  readonly bootMs: number;
  /** What runs the machines. Without it, a group's health follows from its image. */
  readonly #machinery: Machinery | undefined;
  readonly #races = new Races();

  constructor(store: Store, options: { unhealthy: string; bootMs: number; machinery?: Machinery | undefined }) {
    this.store = store;
    this.unhealthy = options.unhealthy;
    this.bootMs = options.bootMs;
    this.#machinery = options.machinery;
  }

  /** Makes a new object; returns its attributes. `stop`: terraform waits no longer. */
  async create(schema: TypeSchema, planned: Obj, settings: ProviderSettings, stop?: AbortSignal): Promise<Obj> {
    const serial = this.store.nextSerial();
    const attributes = this.#newAttributes(schema, planned, settings, serial);
    const key = objectKey(schema, attributes, settings);
    const nowhere = missingPlace(schema, attributes);
    if (nowhere) throw new CloudError(messages.noPlace(nowhere));
    const refused = refusedByLimit(schema, attributes) ?? refusedCombination(schema.name, attributes);
    if (refused) throw new CloudError(refused);
    this.#refuseTaken(schema, attributes, key, settings);
    this.#refuseDangling(schema, attributes);
    const group = GROUPS[schema.name];
    const image = group?.image(attributes, this.#world(settings)) ?? "";
    const healthy = this.unhealthy === "" || !image.includes(this.unhealthy);
    const object: CloudObject = {
      ...{ key, type: schema.name, id: String(attributes.id), serial, attributes },
      ...(group ? { machines: { image, healthy } } : {}),
      unheard: true,
    };
    this.store.put(object);
    await this.#machinery?.changed();
    const failure = this.#machinery
      ? await this.#machinery.gate(key, "create", stop)
      : await this.#gate(schema, object, settings);
    this.#sawHealth(key, failure === undefined);
    if (failure === undefined) return attributes;
    // azurerm 4.55 keeps nothing in terraform's state of a scale set that failed to create.
    if (schema.provider === "azurerm") this.store.put({ ...object, unheard: false, orphan: true });
    throw new CloudError(failure, schema.provider === "azurerm" ? undefined : attributes);
  }

  /** Told of a plan: what an object will hold that it does not hold yet. */
  expects(schema: TypeSchema, prior: Obj | null, planned: Obj): void {
    const held = prior ? placesOf(schema, prior) : [];
    this.#races.expects(placesOf(schema, planned).filter((place) => !held.some(({ key }) => key === place.key)));
  }

  /** To be waited for before an object is changed or deleted, so that whoever is not ordered after it meets it. */
  leaves(schema: TypeSchema, prior: Obj, planned: Obj | null): Promise<void> {
    const kept = planned ? placesOf(schema, planned) : [];
    return this.#races.leaves(placesOf(schema, prior).filter((place) => !kept.some(({ key }) => key === place.key)));
  }

  /** Changes an object in place; returns its attributes. */
  async update(
    schema: TypeSchema,
    prior: Obj,
    planned: Obj,
    settings: ProviderSettings,
    stop?: AbortSignal,
  ): Promise<Obj> {
    const object = this.store.get(objectKey(schema, prior, settings));
    if (!object) throw new CloudError(messages.notFound(schema, String(prior.id)));
    const immutable = messages.immutableChange(schema, prior, planned);
    if (immutable) throw new CloudError(immutable);
    const known = { ...planned, ...this.#extras(schema, planned, settings, object.serial) };
    const raised = { ...withTags(schema, planned, settings), ...onUpdate(schema.name, prior, planned) };
    const world = this.#world(settings);
    const attributes = asRead(schema, fillUnknowns(schema, raised, known, randomUUID(), world), world);
    const refused = refusedByLimit(schema, attributes) ?? refusedCombination(schema.name, attributes, prior);
    if (refused) throw new CloudError(refused);
    this.#refusePlaces(schema, attributes, object.key);
    this.#refuseDangling(schema, attributes);
    this.store.put({ ...object, attributes });
    await this.#machinery?.changed();
    const failure = await this.#machinery?.gate(object.key, "update", stop);
    if (failure !== undefined) throw new CloudError(failure, attributes);
    return attributes;
  }

  /** Deletes an object, once what it runs has gone; one that is already gone is fine. */
  async delete(schema: TypeSchema, prior: Obj, settings: ProviderSettings): Promise<void> {
    const object = this.read(schema, prior, settings);
    if (!object) return;
    const takesAlong = adopts(schema.name) || object.attributes.force_destroy === true;
    for (const one of [object, ...madeBy(object)]) {
      const holder = heldBy(this.store, one);
      if (holder && !takesAlong) throw new CloudError(messages.inUse(schema, one, holder));
    }
    const lock = lockOn(this.store, object);
    if (lock) throw new CloudError(messages.locked(object, lock));
    const keep = settings.features.resource_group?.prevent_deletion_if_contains_resources !== false;
    const members = schema.name === "azurerm_resource_group" ? membersOfGroup(this.store, object) : [];
    if (members.length > 0 && keep) throw new CloudError(messages.groupNotEmpty(object, members));
    await this.#machinery?.leaving(object.key);
    const refused = keepAfterDelete(this.store, schema, object, settings);
    if (refused !== undefined) throw new CloudError(refused);
    for (const child of [...childrenOf(this.store, object), ...members]) this.store.remove(child.key);
    this.store.remove(object.key);
    await this.#machinery?.changed();
  }

  /** To be called when terraform has the answer to a create. */
  heard(schema: TypeSchema, state: Obj, settings: ProviderSettings): void {
    this.store.heard(objectKey(schema, state, settings));
  }

  /** The live object that a state names; null when it is gone. */
  read(schema: TypeSchema, state: Obj, settings: ProviderSettings): CloudObject | null {
    const key = objectKey(schema, state, settings);
    const object = this.store.get(key);
    if (object) return object;
    if (this.store.knew(key)) return null;
    throw new CloudError(messages.neverKnown(schema, String(state.id)));
  }

  #newAttributes(schema: TypeSchema, planned: Obj, settings: ProviderSettings, serial: number): Obj {
    const seed = randomUUID();
    const tagged = { ...withTags(schema, planned, settings), ...twinValues(schema.name, null, planned) };
    const standing = adopted(this.store, schema.name, {
      ...tagged,
      region: tagged.region ?? settings.region ?? null,
      account: settings.account ?? null,
    });
    const attributes = standing ? overUnknowns(tagged, standing) : { ...tagged };
    if (attributes.name instanceof Unknown) {
      if (schema.block.has("name_prefix")) attributes.name = uniqueFrom(schema.name, attributes.name_prefix);
    }
    if (schema.block.has("name_prefix") && attributes.name_prefix instanceof Unknown) attributes.name_prefix = "";
    if (schema.block.has("bucket_prefix") && attributes.bucket instanceof Unknown) {
      attributes.bucket = uniqueFrom(schema.name, attributes.bucket_prefix);
    }
    const world = this.#world(settings);
    // Names and places first: ids are made from them.
    const named = fillUnknowns(
      schema,
      { ...attributes, id: null, arn: null },
      this.#extras(schema, attributes, settings, serial),
      seed,
      world,
    );
    const values = { ...named, ...this.#extras(schema, named, settings, serial) };
    const id =
      attributes.id instanceof Unknown || absent(attributes.id)
        ? newId(schema, { attributes: values, seed })
        : String(attributes.id);
    const arn = newArn(schema, { ...values, id }, seed);
    const known = { ...values, id, arn, arn_suffix: arnSuffix(arn) };
    const filled = fillUnknowns(schema, { ...attributes, id }, known, seed, world);
    return asRead(schema, filled, world);
  }

  /** Values that templates may use besides the object's own. */
  #extras(schema: TypeSchema, attributes: Obj, settings: ProviderSettings, serial: number): Obj {
    const region = typeof attributes.region === "string" ? attributes.region : (settings.region ?? "");
    const lbArn = String(attributes.load_balancer_arn ?? attributes.listener_arn ?? "");
    return {
      ...(schema.provider === "aws" ? { region } : {}),
      account: settings.account ?? "",
      subscription: settings.subscription ?? "",
      tenant: settings.tenant ?? "",
      provider_project: settings.project ?? "",
      provider_region: settings.region ?? "",
      provider_zone: settings.zone ?? "",
      serial,
      lb_kind: LB_KINDS[String(attributes.load_balancer_type)] ?? "app",
      lb: lbArn.split(/loadbalancer\/|listener\//)[1] ?? "",
    };
  }

  #world(settings: ProviderSettings): World {
    return {
      region: settings.region ?? "",
      hasAddress: (address) =>
        this.store
          .all()
          .some(({ attributes }) =>
            [attributes.address, attributes.ip_address, attributes.public_ip].includes(address),
          ),
      find: (type, name) => existing(this.store, type, settings).find((object) => refersTo(name, object)),
    };
  }

  #refuseTaken(schema: TypeSchema, attributes: Obj, key: string, settings: ProviderSettings): void {
    const holder = this.#alike(schema).find((object) => object.key === key || sameAzureId(object, attributes));
    if (holder && !messages.replacesSilently(schema)) {
      throw new CloudError(messages.taken(schema, holder.id, attributes));
    }
    this.#refusePlaces(schema, attributes, key);
    const deleted = keptAfterDelete(this.store, schema, attributes, settings);
    if (deleted !== undefined) throw new CloudError(deleted);
  }

  /** Objects of a type and of others that stand for the same in the cloud. */
  #alike(schema: TypeSchema): CloudObject[] {
    return alike(schema.name).flatMap((type) => this.store.ofType(type));
  }

  /** What another object holds cannot be taken, not even while that one is about to leave. */
  #refusePlaces(schema: TypeSchema, attributes: Obj, key: string): void {
    const wanted = placesOf(schema, attributes);
    this.#races.arrives(wanted);
    if (wanted.length === 0) return;
    for (const holder of this.#alike(schema)) {
      const held = holder.key === key ? [] : placesOf(schema, holder.attributes);
      const refused = wanted.find((place) => held.some((other) => clash(place, other)));
      if (refused) throw new CloudError(refused.refusal(holder.attributes));
    }
  }

  #refuseDangling(schema: TypeSchema, attributes: Obj): void {
    const missing = missingReference(this.store, schema.name, attributes);
    if (missing) throw new CloudError(messages.missingParent(schema, missing));
    const group = attributes.resource_group_name;
    if (schema.provider !== "azurerm" || typeof group !== "string" || same(group, AZURES_OWN_GROUP)) return;
    const found = this.store.ofType("azurerm_resource_group").some((object) => same(object.attributes.name, group));
    if (!found) throw new CloudError(messages.noResourceGroup(group));
  }

  /** What is listed of a group's machines, where they run. */
  #sawHealth(key: string, healthy: boolean): void {
    const object = this.store.get(key);
    if (!this.#machinery || !object?.machines || object.machines.healthy === healthy) return;
    this.store.put({ ...object, machines: { ...object.machines, healthy } });
  }

  async #gate(schema: TypeSchema, object: CloudObject, settings: ProviderSettings): Promise<string | undefined> {
    const group = GROUPS[schema.name];
    if (!group || group.size(object.attributes) === 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, this.bootMs));
    const failure = group.gate(object, this.store, settings);
    // Gives up sooner than a real gate, but later than machines need that do get healthy.
    if (failure !== undefined) await new Promise((resolve) => setTimeout(resolve, this.bootMs * 4));
    return failure;
  }
}

/** Azure makes it with the first network of a subscription, for what watches networks. */
const AZURES_OWN_GROUP = "NetworkWatcherRG";
/** What a plan leaves open is as it is in an object that is taken over. */
const overUnknowns = (planned: Obj, { id, attributes }: CloudObject): Obj => {
  const open = Object.entries(attributes).filter(([name]) => planned[name] instanceof Unknown);
  return { ...planned, ...Object.fromEntries(open), id };
};

/** A plan leaves all tags open where one of them is empty. */
const withTags = (schema: TypeSchema, planned: Obj, settings: ProviderSettings): Obj =>
  schema.tagsAll && planned.tags_all instanceof Unknown
    ? { ...planned, tags_all: mergedTags(settings, planned.tags ?? null) }
    : planned;

/** Two types of scale sets share one space of names. */
const sameAzureId = ({ id }: CloudObject, attributes: Obj): boolean =>
  id.startsWith("/subscriptions/") && same(attributes.id, id.toLowerCase());

const LB_KINDS: Record<string, string> = { application: "app", network: "net", gateway: "gwy" };
const arnSuffix = (arn: string): string =>
  arn
    .split(":")
    .at(-1)
    ?.replace(/^loadbalancer\//, "") ?? "";
const same = (a: Value | undefined, b: string): boolean => String(a).toLowerCase() === b.toLowerCase();
