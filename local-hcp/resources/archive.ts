/** Addresses that work without a token: uploads, downloads and logs. */
import { readFileSync } from "node:fs";
import type { ArchiveUse } from "../app";
import { notFound } from "../json-api";
import type { Call, Handler, Reply, Route } from "../router";
import { readArchive, receiveArchive } from "./configuration-versions";
import { planFile, readLog } from "./plans";
import { readState, receiveState } from "./state-versions";

type Use = (call: Call, id: string) => Reply | Promise<Reply>;

const GET: Partial<Record<ArchiveUse, Use>> = {
  configuration: ({ app }, id) => ({ bytes: readArchive(app, id), contentType: "application/gzip" }),
  state: (call, id) => ({ bytes: readState(call, id), contentType: "application/json" }),
  plan: (call, id) => ({ bytes: readFileSync(planFile(call, id)), contentType: "application/json" }),
  log: readLog,
};

const PUT: Partial<Record<ArchiveUse, Use>> = {
  "upload-configuration": async (call, id) => {
    await receiveArchive(call, id);
    return { status: 200 };
  },
  "upload-state": (call, id) => {
    receiveState(call, id);
    return { status: 200 };
  },
  // Terraform sends the state a second time in another form, which nothing here reads.
  discard: () => ({ status: 200 }),
};

const open =
  (uses: Partial<Record<string, Use>>): Handler =>
  (call) => {
    const ticket = call.app.tickets.read(call.params.ticket!);
    const use = ticket && uses[ticket.use];
    if (!use) throw notFound();
    return use(call, ticket.id);
  };

const PATH = "/_archive/v1/object/:ticket";

export const ARCHIVE_ROUTES: readonly Route[] = [
  ["GET", PATH, "anyone", open(GET)],
  ["PUT", PATH, "anyone", open(PUT)],
];
