/** Random rollouts of random services, by somebody who deploys late, twice or never: what must hold whatever happens. */
import fc from "fast-check";
import { InvalidInputError } from "../../constructs/contract/problem";
import { resolveFleet } from "../../constructs/contract/validate";
import { COLOURS, sameRelease, type Colour, type ReleaseFile, type TwoSlots } from "../../releases/file";
import { breakGlass } from "../../releases/break-glass";
import { next } from "../../releases/next";
import { NEW_RECORD, stepAt, type RolloutRecord } from "../../releases/record";
import { resolveSlots } from "../../releases/resolve";
import { liveOf, start, weightOf, type Edit, type Situation } from "../../releases/rollout";
import { sharesByMachines } from "../../releases/shares";
import { abort, renew, retire, rollback } from "../../releases/ways-back";
import { AWS, AZURE, fleetOf, projects, T0, time } from "./support";

const VERSIONS = ["1.0.0", "1.1.0", "1.2.0"];
const WAY_IN = { until: time(12 * 3600), reason: "INC-42" };
const DRAIN = 60;
const KEEP = 600;

type Act =
  | { readonly do: "start"; readonly version: string }
  | { readonly do: "revoke"; readonly version: string }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "next" | "deploy" | "abort" | "rollback" | "retire" | "renew" | "break-glass" };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Act>({ do: "next" }) },
  { weight: 6, arbitrary: fc.constantFrom<Act>({ do: "deploy" }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("start" as const), version: fc.constantFrom(...VERSIONS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 60, 300, 700) }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Act>(
      { do: "abort" },
      { do: "rollback" },
      { do: "retire" },
      { do: "renew" },
      { do: "break-glass" },
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revoke" as const), version: fc.constantFrom(...VERSIONS) }) },
);

const weights = fc
  .uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 4 })
  .map((list) => [...list.sort((a, b) => a - b), 100]);

const life = fc.record({
  strategy: fc.constantFrom("replace" as const, "blueGreen" as const, "canary" as const),
  azure: fc.boolean(),
  min: fc.integer({ min: 1, max: 5 }),
  more: fc.integer({ min: 0, max: 15 }),
  capacity: fc.option(fc.integer({ min: 0, max: 4 })),
  weights: fc.option(weights),
  bakeSec: fc.constantFrom(0, 100),
  approve: fc.boolean(),
  acts: fc.array(act, { minLength: 10, maxLength: 60 }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

const make = projects();

/** One service, what its cloud runs, and the checks on every change of either. */
class Walk {
  readonly base: number;
  private file: ReleaseFile;
  private record: RolloutRecord = NEW_RECORD;
  private cloud: ReleaseFile;
  private now = T0;
  private readonly revoked = new Set<string>();
  /** When a slot lost its traffic in the cloud, and until when it must stay. */
  private readonly busyUntil = new Map<Colour, number>();
  private readonly lostAt = new Map<Colour, number>();
  readonly done = { finished: 0, aborted: 0, refused: 0 };

  private readonly subject: ReturnType<typeof subjectOf>;
  private readonly folders: { releases: string; catalog: string };

  constructor(subject: Walk["subject"], folders: Walk["folders"], capacity: number | null) {
    this.subject = subject;
    this.folders = folders;
    const blue = { version: "1.0.0", epoch: "", capacity };
    this.base = capacity ?? subject.service.capacity.min;
    this.file =
      subject.service.strategy === "replace"
        ? { slots: { live: blue } }
        : { slots: { blue, green: null }, traffic: { blue: 100, green: 0 } };
    this.cloud = this.file;
  }

  private get situation(): Situation {
    const { environment, service } = this.subject;
    return {
      name: "prod/web",
      service,
      byMachines: sharesByMachines(environment, service),
      wayBackNeedsEpoch: false,
      file: this.file,
      record: this.record,
      now: new Date(this.now),
      by: () => "somebody",
      refusal: (version) => (this.revoked.has(version) ? "revoked" : undefined),
    };
  }

  async take(action: Act): Promise<void> {
    switch (action.do) {
      case "wait":
        this.now += 1000 * action.seconds;
        return;
      case "revoke":
        this.revoked.add(action.version);
        return;
      case "deploy":
        return this.deploy();
      case "next":
        return this.edit(() => this.next());
      case "start":
        return this.edit(() => start(this.situation, { version: action.version, epoch: "" }, { dropPrevious: false }));
      case "renew":
        return this.edit(() => renew(this.situation, { dropPrevious: false }));
      case "break-glass":
        return this.edit(() => breakGlass(this.situation, WAY_IN, { dropPrevious: false }));
      case "retire":
        return this.edit(() => retire(this.situation, undefined));
      case "rollback":
        return this.edit(() => rollback(this.situation));
      case "abort":
        await this.edit(() => abort(this.situation));
        return this.afterAbort();
    }
  }

  private async next(): Promise<Edit> {
    const notApplied = sameRelease(this.cloud, this.file) ? [] : ["not deployed"];
    const approve = this.record.rollout ? stepAt(this.record.rollout).gate.approve : false;
    const tools = { command: () => Promise.resolve(0), sleep: () => Promise.resolve(), save: () => undefined };
    const taken = await next(this.subject, this.situation, { approve, notApplied, dryRun: false }, tools);
    if (taken.did === "nothing") return { file: this.file, record: this.record };
    if (taken.did === "finish") this.atEnd();
    return taken.edit;
  }

  /** Refusals change nothing; whatever is written must be something that can be synthesized. */
  private async edit(run: () => Edit | Promise<Edit>): Promise<void> {
    let edit: Edit;
    try {
      edit = await run();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      this.done.refused++;
      return;
    }
    if ("traffic" in edit.file)
      for (const slot of COLOURS) if (edit.file.traffic[slot] > 0) expect(edit.file.slots[slot]).not.toHaveProperty("breakGlass.until"); // prettier-ignore
    if ("traffic" in edit.file) expect(edit.file.traffic.blue + edit.file.traffic.green).toBe(100);
    const context = { ...this.subject, sources: { ...this.folders, now: new Date(T0) }, file: "f" };
    expect(resolveSlots(context, edit.file).problems).toEqual([]);
    if (!sameRelease(edit.file, this.file)) this.keepsContract(edit);
    for (const slot of Object.keys(edit.file.slots) as Colour[])
      if ("traffic" in edit.file && weightOf(edit.file, slot) > weightOf(this.file, slot))
        expect(this.revoked).not.toContain(edit.file.slots[slot]!.version);
    this.file = edit.file;
    this.record = edit.record;
  }

  /** The change of the file is what the step's contract says, and no more. */
  private keepsContract({ file, record }: Edit): void {
    const { step, slot } = stepAt(record.rollout!).contract;
    if (!("traffic" in file) || !("traffic" in this.file)) return expect(step).toBe("bump");
    const before = this.file;
    const moved = file.traffic.blue !== before.traffic.blue;
    const other = COLOURS.find((name) => name !== slot)!;
    const [old, fresh] = [before.slots[slot as Colour], file.slots[slot as Colour]];
    expect(file.slots[other]).toEqual(before.slots[other]);
    const built = old?.version !== fresh?.version || old?.epoch !== fresh?.epoch;
    const sized = !built && this.fewest(old) !== this.fewest(fresh);
    const is = !built ? (moved ? (sized ? "scale" : "shift") : "limits") : fresh === null ? "retire" : old === null ? "fill" : "bump";
    // A retry of a fill that failed has the same contract as the fill, and a leap may find the size that it needs.
    expect([is, is === "bump" ? "fill" : is, is === "shift" ? "scale" : is]).toContain(step);
    if (built) expect(moved).toBe(false);
  } // prettier-ignore

  private fewest = (release: { capacity: number | null } | null): number =>
    release?.capacity ?? this.subject.service.capacity.min;

  /** An abort, once it is deployed, has all traffic where it was, by an update only. */
  private afterAbort(): void {
    const open = this.record.rollout;
    if (!open?.outcome) return;
    this.done.aborted++;
    const { change, contract } = stepAt(open);
    const entered = open.kind === "break-glass";
    expect(contract.step).toBe("traffic" in change ? (entered ? "retire" : "shift") : "bump");
    expect(weightOf(change, open.from.slot)).toBe(100);
    expect(change.slots).toMatchObject({ [open.from.slot]: { version: open.from.version } });
  }

  private atEnd(): void {
    const { kind, outcome, from, to } = this.record.rollout!;
    const entered = kind === "break-glass" && from.slot !== "live";
    const live = outcome || entered ? from : to;
    expect(weightOf(this.file, live.slot)).toBe(100);
    expect(this.file.slots).toMatchObject({ [live.slot]: { version: live.version } });
    if (!outcome) this.done.finished++;
    if (outcome || entered || kind === "retire" || kind === "rollback" || from.slot === "live") return;
    this.busyUntil.set(from.slot, this.lostAt.get(from.slot)! + 1000 * KEEP);
  }

  /** Terraform applies the file: what it does to the machines and the traffic that are there. */
  private deploy(): void {
    const { cloud, file } = this;
    if (!("traffic" in file) || !("traffic" in cloud)) {
      this.cloud = file;
      return;
    }
    if (COLOURS.some((slot) => file.traffic[slot] > 0 && this.revoked.has(file.slots[slot]!.version))) return;
    for (const slot of COLOURS) this.deploySlot(slot, cloud, file);
    this.cloud = file;
  }

  private deploySlot(slot: Colour, cloud: TwoSlots, file: TwoSlots): void {
    const [old, fresh] = [cloud.slots[slot], file.slots[slot]];
    const isSame = old?.version === fresh?.version && old?.epoch === fresh?.epoch;
    // Machines that serve are neither replaced nor emptied, and keep their number until they serve no more.
    if (cloud.traffic[slot] > 0) expect(isSame).toBe(true);
    if (file.traffic[slot] === 100) expect(this.fewest(fresh)).toBeGreaterThanOrEqual(this.base);
    if (cloud.traffic[slot] === 100 && file.traffic[slot] > 0) expect(this.fewest(fresh)).toBeGreaterThanOrEqual(this.base);
    if (!isSame && old) expect(this.now).toBeGreaterThanOrEqual(this.busyUntil.get(slot) ?? 0);
    // Traffic rises only on machines that stood there before, and that are enough for all of it when they get it.
    if (file.traffic[slot] > cloud.traffic[slot]) {
      expect(isSame).toBe(true);
      if (file.traffic[slot] === 100) expect(this.fewest(old)).toBeGreaterThanOrEqual(this.leapt ? 1 : this.base);
    }
    if (cloud.traffic[slot] > 0 && file.traffic[slot] === 0) {
      this.lostAt.set(slot, this.now);
      this.busyUntil.set(slot, this.now + 1000 * DRAIN);
    }
    if (file.traffic[slot] > 0) this.busyUntil.delete(slot);
  } // prettier-ignore

  /** Away from a revoked release the machines for all the traffic come with it. */
  private get leapt(): boolean {
    return this.revoked.size > 0;
  }

  /** Whatever happened, deploying and going on ends it. */
  async finish(): Promise<void> {
    this.revoked.clear();
    for (let round = 0; this.record.rollout !== null; round++) {
      expect(round).toBeLessThan(30);
      await this.take({ do: "deploy" });
      await this.take({ do: "wait", seconds: 2000 });
      await this.take({ do: "next" });
    }
    // Only an idle slot may wait for a deployment that nobody needs.
    const live = liveOf(this.file);
    expect(liveOf(this.cloud)).toEqual(live);
  }
}

function subjectOf({ strategy, azure, min, more, weights: list, bakeSec, approve }: Life) {
  const usable = list?.filter((weight) => strategy === "canary" || weight === 0 || weight === 100);
  const steps = strategy === "replace" ? undefined : usable?.map((weight) => ({ weight, bakeSec, approve }));
  const spec = fleetOf({
    name: "web",
    strategy,
    placements: azure ? [AWS, AZURE] : [AWS],
    capacity: { min, max: min + more },
    traffic: { drainSec: DRAIN },
    rollout: { keepPreviousSec: KEEP, ...(steps && { steps }) },
  });
  const environment = resolveFleet(spec).environments[0]!;
  return { environment, service: environment.services[0]! };
}

test("no machine that serves is touched, no traffic goes where it must not, and every rollout can be ended", async () => {
  const project = make(fleetOf({ name: "web", strategy: "replace" }));
  const folders = { releases: "releases", catalog: `${project.folder}/images/catalog` };
  const seen = { finished: 0, aborted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(life, async (given) => {
      const capacity = given.capacity === null ? null : Math.min(given.min + given.more, given.min + given.capacity);
      const walk = new Walk(subjectOf(given), folders, capacity);
      for (const action of given.acts) await walk.take(action);
      await walk.finish();
      for (const key of ["finished", "aborted", "refused"] as const) seen[key] += walk.done[key];
    }),
    { numRuns: 300, seed: 20261121 },
  );
  // The walks went somewhere.
  expect(seen.finished).toBeGreaterThan(100);
  expect(seen.aborted).toBeGreaterThan(30);
  expect(seen.refused).toBeGreaterThan(500);
});
