import { createHash } from "node:crypto";
import fc from "fast-check";
import { NO_LOGIN_KEY, NO_LOGIN_LABEL } from "../../constructs/azure/no-login";
import { bootText } from "../../constructs/contract/machine";
import { NAME_LIMITS } from "../../constructs/contract/name-limits";
import { keyedName } from "../../constructs/contract/names";
import { isPinnedImageId, launchFingerprint } from "../../constructs/contract/release";
import { resolveFleet } from "../../constructs/contract/validate";
import { serviceWith } from "../support/fleet";

const GALLERY =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/web";

describe("a pinned image id", () => {
  test.each([
    ["aws", "ami-0123456789abcdef0"],
    ["aws", "ami-12c6146b"],
    ["google", "projects/example-images/global/images/web-v1-0-0"],
    ["azure", `${GALLERY}/versions/1.0.0`],
    ["azure", `${GALLERY}/versions/1.0.0`.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions")],
  ] as const)("%s takes %s", (cloud, id) => {
    expect(isPinnedImageId(cloud, id)).toBe(true);
  });

  test.each([
    ["aws", "ami-123"],
    ["aws", "projects/example-images/global/images/web-v1-0-0"],
    ["aws", "resolve:ssm:/images/web"],
    ["google", "projects/example-images/global/images/family/web"],
    ["google", "web-v1-0-0"],
    ["google", "https://www.googleapis.com/compute/v1/projects/example-images/global/images/web-v1-0-0"],
    ["google", "ami-0123456789abcdef0"],
    ["azure", GALLERY],
    ["azure", `${GALLERY}/versions/latest`],
    ["azure", "UNKNOWN ID"],
  ] as const)("fails on %s with %s", (cloud, id) => {
    expect(isPinnedImageId(cloud, id)).toBe(false);
  });
});

test("the launch fingerprint does not see the order of keys, and sees every value", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer(), { minKeys: 1 }), fc.integer(), (settings, other) => {
      const reversed = Object.fromEntries(Object.entries(settings).reverse());
      const [name] = Object.keys(settings) as [string];
      expect(launchFingerprint(reversed)).toBe(launchFingerprint(settings));
      fc.pre(settings[name] !== other);
      expect(launchFingerprint({ ...settings, [name]: other })).not.toBe(launchFingerprint(settings));
    }),
  );
});

test("keyed names stay within the limit and differ where their stems or settings do", () => {
  fc.assert(
    fc.property(
      // Without a size, none of them is long enough to be cut.
      fc.stringMatching(/^[a-z](-?[a-z0-9]){1,60}$/, { size: "max" }),
      fc.integer(),
      fc.constantFrom("google_service_account", "aws_lb", "google_compute_firewall"),
      (stem, setting, type) => {
        const name = keyedName(type, stem, { setting });
        expect(name.length).toBeLessThanOrEqual(NAME_LIMITS[type]!);
        expect(name).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/);
        expect(name).not.toBe(keyedName(type, stem, { setting: setting + 1 }));
        expect(name).not.toBe(keyedName(type, `${stem}x`, { setting }));
      },
    ),
  );
});

test("boot settings become sorted lines", () => {
  const fleet = resolveFleet(
    serviceWith((service) => (service.machine = { boot: { PORT: "8080", LOG_LEVEL: "info" } })),
  );
  expect(bootText("aws", fleet.environments[0]!.services[0]!)).toBe(
    "DRAIN_IDLE_SEC=30\nDRAIN_SEC=90\nENVIRONMENT=prod\nLOG_LEVEL=info\nPORT=8080\nSERVICE=web\n",
  );
});

test("the Azure login key is the hash of a label, so that nobody knows its private half", () => {
  const key = Buffer.from(NO_LOGIN_KEY.split(" ")[1] ?? "", "base64");
  expect(key.subarray(-32)).toEqual(createHash("sha256").update(NO_LOGIN_LABEL).digest());
  expect(key.subarray(4, 15).toString()).toBe("ssh-ed25519");
});
