import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingReference } from "../../local-cloud/cloud/graph";
import { alike } from "../../local-cloud/cloud/kinds";
import { REFERENCES } from "../../local-cloud/cloud/references";
import { type CloudObject, Store } from "../../local-cloud/cloud/store";
import { readSettings } from "../../local-cloud/settings";

describe("references", () => {
  let folder: string;
  let store: Store;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "local-cloud-peers-"));
    store = new Store(folder);
  });
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  const nested = (path: string, value: string): Record<string, never> =>
    path.split(".").reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Record<string, never>;

  test.each(["us-central1", "global"])(
    "every Google link is taken in each form in which the API takes it: %s",
    (at) => {
      const scope = at === "global" ? "global" : `regions/${at}`;
      for (const { child, path, parent } of REFERENCES.filter(({ parent }) => parent.startsWith("google_compute_"))) {
        const id = `projects/p/${scope}/things/x`;
        const self_link = `https://www.googleapis.com/compute/v1/${id}`;
        const attributes = { name: "x", project: "p", id, self_link };
        const object: CloudObject = { key: `${parent} x`, type: parent, id, serial: 1, attributes };
        store.put(object);
        const missing = (value: string, project = "p") =>
          missingReference(store, child, { ...nested(path, value), project })?.value;
        for (const form of [id, self_link, self_link.replace("www.", "compute."), `${scope}/things/x`, "x"]) {
          expect([child, path, form, missing(form)]).toEqual([child, path, form, undefined]);
        }
        const unchecked = missing("things/other") === undefined;
        if (!unchecked) {
          // A partial link means the project of whoever says it, a whole link says it.
          expect([child, path, missing(`${scope}/things/x`, "q")]).toEqual([child, path, `${scope}/things/x`]);
          expect([child, path, missing(id, "q")]).toEqual([child, path, undefined]);
        }
        store.remove(object.key);
      }
    },
  );

  test("whatever takes one kind of object takes every type of that kind", () => {
    for (const { child, path, parent } of REFERENCES) {
      for (const type of alike(parent)) {
        const id = type.startsWith("azurerm") ? "/subscriptions/s/x" : "x-1";
        store.put({ key: `${type} x`, type, id, serial: 1, attributes: { id } });
        expect([child, path, type, missingReference(store, child, nested(path, id))]).toEqual([
          child,
          path,
          type,
          undefined,
        ]);
        store.remove(`${type} x`);
      }
    }
  });
});

test("each provider reads its own environment, and Google's region may be its zone's", () => {
  const env = { AWS_REGION: "eu-west-1", GOOGLE_REGION: "us-central1", GOOGLE_ZONE: "us-east1-b", GCLOUD_PROJECT: "p" };
  expect(readSettings("aws", {}, env)).toMatchObject({ region: "eu-west-1" });
  expect(readSettings("google", {}, env)).toMatchObject({ region: "us-central1", zone: "us-east1-b", project: "p" });
  expect(readSettings("google", { zone: "us-east1-b" }, {})).toMatchObject({ region: "us-east1" });
  expect(readSettings("google", {}, { AWS_REGION: "eu-west-1" }).region).toBeUndefined();
});
