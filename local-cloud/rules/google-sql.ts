/** Cloud SQL: servers that become replicas, and replicas that become servers. */
import type { Draft } from "../engine/draft";
import { absent, type Obj, type Value } from "../protocol/values";
import { Look } from "./look";
import type { PlanRule } from "../engine/draft";

const PRIMARY = "CLOUD_SQL_INSTANCE";
const REPLICA = "READ_REPLICA_INSTANCE";
const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);
const becomes = ({ prior, planned }: Draft, from: string, to: string): boolean =>
  prior?.instance_type === from && planned.instance_type === to;

/** Another master is another server, but for a switchover; a replica is promoted in place. */
export const sqlReplica: PlanRule = (draft) => {
  if (draft.create) return;
  if (!switchover(draft)) {
    draft.forceNew("master_instance_name");
    const old = new Look(draft.prior as Obj);
    const path = "replica_configuration.cascadable_replica";
    if (old.text(path) !== new Look(draft.planned).text(path)) {
      draft.forceNewAt(["replica_configuration", 0, "cascadable_replica"]);
    }
  }
  if (becomes(draft, REPLICA, PRIMARY)) promote(draft);
};

/** The old server becomes a replica of what was a replica of it. */
function switchover(draft: Draft): boolean {
  const { prior, planned } = draft;
  const [configuration] = list(planned.replica_configuration);
  const master = planned.master_instance_name ?? null;
  const cascades = new Look(planned).is("replica_configuration.cascadable_replica", "true");
  return (
    !!configuration &&
    becomes(draft, PRIMARY, REPLICA) &&
    list(prior?.replica_names).includes(master) &&
    !list(planned.replica_names).includes(master) &&
    (cascades || !String(planned.database_version).startsWith("SQLSERVER"))
  );
}

function promote(draft: Draft): void {
  const left = ["master_instance_name", "replica_configuration"].find(
    (name) =>
      !absent(draft.config[name]) && list(draft.config[name]).length + Number(name === "master_instance_name") > 0,
  );
  if (left) {
    return draft.problem(`Replica promote configuration check failed. Please remove ${left} and try again.`, [left]);
  }
  draft.set("master_instance_name", null);
  draft.set("replica_configuration", []);
}
