import { join } from "node:path";
import { LIST_COMMANDS } from "../../images/listed";
import { refusals } from "./cli-grammar";
import { fleetImage, project, record, snapshot, write } from "./support";

const OLD = "2026-11-01T00:00:00Z";
const TAGS = { image: "web", image_version: "1.2.0", git_sha: "a".repeat(40) };
const LABELS = { ...TAGS, image_version: "1-2-0" };
const awsTags = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
const ami = (end: string, more: object = {}) => ({ ImageId: `ami-0123456789abcdef${end}`, CreationDate: OLD, Tags: awsTags, ...more }); // prettier-ignore
const amis = (...Images: object[]) => ({ Region: "eu-west-1", Images });
const image = (name: string, more: object = {}) => ({ selfLink: `https://www.googleapis.com/compute/v1/projects/my-images/global/images/${name}`, creationTimestamp: OLD, labels: LABELS, ...more }); // prettier-ignore
const VERSION = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web/versions/1.2.0"; // prettier-ignore
const version = (more: object = {}) => ({ id: VERSION, location: "West Europe", publishingProfile: { publishedDate: OLD }, tags: TAGS, ...more }); // prettier-ignore

function setup(lists: readonly unknown[], used: unknown = {}, records = [record("web", "1.0.0")]) {
  const root = project(records);
  const files = lists.map((_list, index) => join(root, `list-${index}.json`));
  files.forEach((file, index) => write(file, lists[index]));
  write(join(root, "state.json"), used);
  return { root, records, run: (...args: string[]) => fleetImage(root, "orphans", ...files, "--in-use", join(root, "state.json"), ...args) }; // prettier-ignore
}

test("what no version owns is named on three clouds, with the commands that remove it, and nothing is written", async () => {
  const { root, run } = setup([amis(ami("0")), [image("web-v1-2-0")], [version()]]);
  const before = snapshot(root);
  const { code, out, error } = await run();
  expect({ code, error }).toEqual({ code: 2, error: "" });
  const commands = out.split("\n").filter((line) => /^(aws|gcloud|az) \S+ \S+ \S+ --?|^(aws|gcloud|az) /.test(line) && line.includes("--"));
  expect(commands).toEqual([
    "aws ec2 disable-image-deregistration-protection --region eu-west-1 --image-id ami-0123456789abcdef0",
    "aws ec2 deregister-image --region eu-west-1 --image-id ami-0123456789abcdef0 --delete-associated-snapshots",
    expect.stringContaining("az sig image-version delete"),
    "gcloud compute images delete web-v1-2-0 --project my-images --quiet",
  ]);
  expect(commands.flatMap(refusals)).toEqual([]);
  expect(snapshot(root)).toEqual(before);
}); // prettier-ignore

const verdicts = async ({ run }: ReturnType<typeof setup>) =>
  (JSON.parse((await run("--json")).out) as { images: { id: string; verdict: string; reasons: string[] }[] }).images;

test("what a version owns, and what is of other people's making, is none", async () => {
  const one = record("web", "1.0.0");
  const owned = one.artifacts.map(({ id }) => id);
  const lists = [
    amis(ami("0", { ImageId: owned[0] }), ami("1", { Tags: [] }), ami("2", { Tags: null })),
    [image(owned[1]!.split("/").at(-1)!), image("theirs", { labels: null })],
    [version({ id: owned[2]!.toUpperCase().replace("/VERSIONS/", "/versions/").replace("/GALLERIES/", "/galleries/").replace("/IMAGES/WEB", "/images/WEB") })],
  ];
  expect(await verdicts(setup(lists, {}, [one]))).toEqual([]);
}); // prettier-ignore

test("an image of a version that was deleted is one", async () => {
  const gone = record("web", "1.0.0", { lifecycle: { state: "deleted" } });
  expect(await verdicts(setup([amis(ami("0", { ImageId: gone.artifacts[0]!.id }))], {}, [gone]))).toHaveLength(1);
});

test("what runs, or may still be built, is kept and not named for removal", async () => {
  const young = { CreationDate: "2026-11-20T11:00:00Z" };
  const found = await verdicts(setup([amis(ami("0"), ami("1", young), ami("2"))], { image: "ami-0123456789abcdef2" }));
  expect(found.map(({ verdict, reasons }) => [verdict, reasons[0]])).toEqual([
    ["remove", "no version of the catalog owns it"],
    ["keep", expect.stringContaining("too young until 2026-11-21T11:00:00Z")],
    ["keep", expect.stringContaining("in use: ")],
  ]);
});

test("manifests say what runs left behind, also those that failed", async () => {
  const custom_data = { image: "web", version: "1.2.0", google_project: "my-images" };
  const of = (builder_type: string, artifact_id: string, packer_run_uuid: string) => ({ name: "image", builder_type, artifact_id, packer_run_uuid, build_time: 1793500000, custom_data }); // prettier-ignore
  const builds = [
    of("amazon-ebs", "eu-west-1:ami-0123456789abcdef3", "first"),
    of("googlecompute", "web-v1-2-0-b2", "last"),
    of("null", "x", "last"),
  ];
  const found = await verdicts(setup([{ builds, last_run_uuid: "last" }]));
  expect(found.map(({ id }) => id)).toEqual(["ami-0123456789abcdef3", "projects/my-images/global/images/web-v1-2-0-b2"]);
}); // prettier-ignore

test.each([
  ["no list", [], "needs manifests of Packer, or lists of the clouds: aws ec2 describe-images"],
  [
    "a list that does not say its region",
    [{ Images: [] }],
    "must be a manifest of Packer, or what one of these prints",
  ],
  ["something else", [{ ami: "ami-1" }], "must be a manifest of Packer, or what one of these prints"],
  ["broken JSON", ["{"], "cannot be read as JSON"],
] as const)("%s is refused", async (_name, lists, message) => {
  const run = await setup(lists as readonly unknown[]).run();
  expect(run).toMatchObject({ code: 1, out: "" });
  expect(run.error).toContain(message);
});

test("what runs must be said", async () => {
  const root = project([]);
  write(join(root, "list.json"), amis());
  expect((await fleetImage(root, "orphans", join(root, "list.json"))).error).toContain("--in-use: is needed");
});

test("the commands that make the lists are ones that the clouds' tools take", () => {
  expect(Object.values(LIST_COMMANDS).flatMap(refusals)).toEqual([]);
});
