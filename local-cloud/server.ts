/**
 * The local cloud as a library: real terraform talks to it as hashicorp/aws, google and azurerm.
 *
 * const cloud = await startLocalCloud({ dir }); spawn("terraform", [...], { env: { ...process.env, ...cloud.env } })
 */
import { createHash } from "node:crypto";
import { Server, ServerCredentials, type ServiceDefinition, type UntypedHandleCall } from "@grpc/grpc-js";
import { delimiter, join, resolve } from "node:path";
import { Cloud } from "./cloud/apply";
import { type Listing, list } from "./cloud/listing";
import type { Machinery } from "./cloud/machinery";
import { remove, resize, scale, set } from "./cloud/outside";
import { Store } from "./cloud/store";
import { lock } from "./lock";
import { keepStates, recoverStates } from "./states";
import { Service } from "./protocol/service";
import type { Obj } from "./protocol/values";
import { decode, type Message, METHODS } from "./protocol/wire";
import { Catalog, PROVIDERS } from "./schemas/catalog";
import { wordsFile, writeShim } from "./terraform";

export type { Listing, Machine, RunningGroup } from "./cloud/listing";

/** How to start a local cloud. */
export interface LocalCloudOptions {
  /** Folder that keeps what exists in the cloud. */
  readonly dir: string;
  /** Machines whose image id contains this text never get healthy. */
  readonly unhealthy?: string;
  /** How long new machines take until they are healthy. */
  readonly bootMs?: number | undefined;
  /** Runs the machines; it is closed with the cloud. @default no machine runs: health follows from the image */
  readonly machinery?: Machinery;
  /** How long to wait for another local cloud that uses the folder; default 5 s. */
  readonly lockWaitMs?: number;
  /** Told of each call of terraform before it is answered. */
  readonly onCall?: (method: string) => void;
  /** Told of each error that terraform is told. */
  readonly onRefusal?: (words: string) => void;
}

/** A running local cloud. */
export interface LocalCloud {
  /** Attaches terraform: merge it into the environment of the process. */
  readonly env: Record<string, string>;
  /** What was put right at the start, in words. */
  readonly recovered: readonly string[];
  /** What exists now. */
  list(): Listing;
  /** Changes the live size of a group, as an autoscaler does. */
  scale(name: string, size: number): void;
  /** Deletes a group behind terraform's back, as a person cleaning up does. */
  remove(name: string): void;
  /** Changes attributes of an object by its type and its id or name, as a person in the console does. */
  set(type: string, name: string, values: Obj): void;
  close(): Promise<void>;
}

const DEFAULT_BOOT_MS = 200;
const DEFAULT_LOCK_WAIT_MS = 5000;
/** Variables that shorten the waits in the middle of an apply. */
const HOLDS = ["FLEET_DRAIN_SEC", "FLEET_WARM_SEC"];

/** Starts one server per provider on loopback ports of the system's choice. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const dir = resolve(options.dir);
  const unlock = await lock(dir, options.lockWaitMs ?? DEFAULT_LOCK_WAIT_MS);
  const { store, recovered } = openStore(dir, unlock);
  const { unhealthy = "", bootMs = DEFAULT_BOOT_MS, machinery } = options;
  const cloud = new Cloud(store, { unhealthy, bootMs, machinery });
  const running = await machinery?.start({
    objects: () => store.all(),
    revision: () => {
      store.refresh();
      return store.revision;
    },
    resize: (key, size) => resize(store, key, size),
    unhealthy,
  });
  const servers: Server[] = [];
  const attached: Record<string, unknown> = {};
  const catalogs = PROVIDERS.map((provider) => new Catalog(provider));
  for (const catalog of catalogs) {
    const service = new Service(catalog, cloud, options.onRefusal ?? (() => undefined));
    const server = serve(service, options.onCall ?? (() => undefined));
    const port = await bind(server);
    servers.push(server);
    attached[`registry.terraform.io/hashicorp/${catalog.provider}`] = {
      Protocol: "grpc",
      ProtocolVersion: 5,
      Pid: process.pid,
      // Without this terraform ends the server after the first command.
      Test: true,
      Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
    };
  }
  return {
    env: {
      TF_REATTACH_PROVIDERS: JSON.stringify(attached),
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      FLEET_STATE_DIR: join(dir, "state"),
      LOCAL_CLOUD_WORDS: wordsFile(dir),
      // Terraform remembers a folder's backend: that of the real state, or of another cloud, is none of this one's.
      TF_DATA_DIR: join(".terraform", `local-cloud-${createHash("sha256").update(dir).digest("hex").slice(0, 8)}`),
      // Holds sleep for real, and where nothing runs nobody talks to these machines.
      ...(machinery ? running : Object.fromEntries(HOLDS.map((variable) => [variable, process.env[variable] ?? "0"]))),
      PATH: `${writeShim(dir, knownWords(catalogs), machinery?.speed)}${delimiter}${process.env.PATH ?? ""}`,
    },
    list: () => list(store),
    scale: (name, size) => scale(store, name, size),
    remove: (name) => remove(store, name),
    set: (type, name, values) => set(store, type, name, values),
    recovered,
    close: async () => {
      for (const server of servers) server.forceShutdown();
      await machinery?.close();
      keepStates(dir);
      store.close();
      unlock();
    },
  };
}

/** What exists, with whole states of terraform beside it. */
function openStore(dir: string, unlock: () => void): { store: Store; recovered: readonly string[] } {
  try {
    const store = new Store(dir);
    const recovered = recoverStates(dir, store);
    keepStates(dir);
    store.beginSession();
    return { store, recovered };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** What a configuration may name without being looked at more closely. */
function knownWords(catalogs: readonly Catalog[]): string[] {
  return catalogs.flatMap(({ provider, version, resourceNames, dataSourceNames }) => [
    ...[provider, `hashicorp/${provider}`, `registry.terraform.io/hashicorp/${provider}`, version, "terraform_data"],
    ...resourceNames,
    ...dataSourceNames,
  ]);
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

const MAX_MESSAGE = 256 * 1024 * 1024;

function serve(service: Service, onCall: (method: string) => void): Server {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE,
    "grpc.max_send_message_length": -1,
    // Counts of every call for a debugger that nobody attaches.
    "grpc.enable_channelz": 0,
  });
  const definition: Record<string, unknown> = {};
  const handlers: Record<string, UntypedHandleCall> = {};
  for (const method of METHODS) {
    definition[method] = {
      path: `/tfplugin5.Provider/${method}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => decode(`${method}Request`, bytes),
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    handlers[method] = ((
      call: { request: Message; getPeer(): string },
      done: (error: null, response: Buffer) => void,
    ) => {
      // The connection is all that tells two configurations of one provider apart.
      onCall(method);
      void service.answer(method, call.request, call.getPeer()).then(({ response, sent }) => {
        done(null, response);
        sent?.();
      });
    }) as unknown as UntypedHandleCall;
  }
  server.addService(definition as unknown as ServiceDefinition, handlers);
  return server;
}
