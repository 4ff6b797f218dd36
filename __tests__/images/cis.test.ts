/** The base image's hardening by the CIS benchmark: that the list is whole, and that its checks notice what they are for. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controls, is, LIST, numbers, rendered } from "./cis";
import { asked, breakEverything, debian, IS_ROOT } from "./cis-machine";
import { PACKER, run } from "./on-machine";
import { testWith, write } from "./support";

/**
 * How many controls each section has, of the CIS Debian Linux 12 Benchmark v1.1.0, as
 * https://github.com/ComplianceAsCode/content/blob/master/controls/cis_debian12.yml numbers them.
 */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{ "1.1.1": 10, "1.1.2.1": 4, "1.1.2.2": 4, "1.1.2.3": 3, "1.1.2.4": 3, "1.1.2.5": 4, "1.1.2.6": 4, "1.1.2.7": 4 },
  ...{ "1.2.1": 2, "1.2.2": 1, "1.3.1": 4, "1.4": 2, "1.5": 5, "1.6": 6, "1.7": 10 },
  ...{ "2.1": 22, "2.2": 6, "2.3.1": 1, "2.3.2": 2, "2.3.3": 3, "2.4.1": 8, "2.4.2": 1, "3.1": 3, "3.2": 4, "3.3": 11 },
  ...{ "4.1": 1, "4.2": 7, "4.3": 10, "4.4.1": 3, "4.4.2": 4, "4.4.3": 4, "5.1": 22, "5.2": 7 },
  ...{
    "5.3.1": 3,
    "5.3.2": 4,
    "5.3.3.1": 3,
    "5.3.3.2": 8,
    "5.3.3.3": 3,
    "5.3.3.4": 4,
    "5.4.1": 6,
    "5.4.2": 8,
    "5.4.3": 3,
  },
  ...{ "6.1.1": 4, "6.1.2.1": 4, "6.1.2": 3, "6.1.3": 8, "6.1.4": 1, "6.2.1": 4, "6.2.2": 4, "6.2.3": 21, "6.2.4": 10 },
  ...{ "6.3": 3, "7.1": 13, "7.2": 10 },
};
/** Sections whose numbers begin later, as another section has the first. */
const FIRST: Readonly<Record<string, number>> = { "6.1.2": 2 };

describe("the list", () => {
  test("has every control of the benchmark, once and in its order", () => {
    const all = Object.entries(SECTIONS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + (FIRST[section] ?? 1)}`),
    );
    const listed = controls.flatMap(numbers);
    expect(new Set(listed)).toEqual(new Set(all));
    expect(listed).toHaveLength(all.length);
    const order = new Intl.Collator("en", { numeric: true });
    expect(listed).toEqual([...listed].sort(order.compare));
  });

  test("says of each whether it is met, and gives a check or a reason", () => {
    const words = [...readFileSync(join(PACKER, "base/files/tests.d/15-cis.sh"), "utf8").matchAll(/^(\w+)\(\)/gm)].map(([, word]) => word!); // prettier-ignore
    for (const { number, level, status, what, rest } of controls) {
      expect([number, level]).toEqual([number, expect.stringMatching(/^[12]$/)]);
      expect([number, what]).toEqual([number, expect.stringMatching(/\w/)]);
      const calls = rest
        .replaceAll(/'[^']*'/g, "")
        .split(" && ")
        .map((call) => call.split(" ")[0]);
      if (status === "met") expect([number, words]).toEqual([number, expect.arrayContaining(calls)]);
      else expect([number, status, rest]).toEqual([number, "not met", expect.stringMatching(/^[A-Z].{5,}\.$/)]);
    }
  });

  test("is shown by docs/cis.md", () => {
    const page = join(__dirname, "../../docs/cis.md");
    const text = readFileSync(page, "utf8");
    const shown = /(<!-- list -->\n)[^]*(\n<!-- end of the list -->)/;
    if (process.env.UPDATE_GOLDEN) writeFileSync(page, text.replace(shown, (_, begin: string, end: string) => `${begin}\n${rendered()}\n${end}`)); // prettier-ignore
    // Prettier aligns tables.
    const lines = (some: string) => some.replaceAll(/ +\|/g, " |").replaceAll(/-{3,}/g, "---").split("\n").filter((line) => line !== ""); // prettier-ignore
    const [, ...inner] = lines(shown.exec(readFileSync(page, "utf8"))![0]);
    expect(inner.slice(0, -1)).toEqual(lines(rendered()));
  });
});

const HARDEN = join(PACKER, "base/scripts/harden.sh");
const ENV = { FLEET_OWNER: String(process.getuid?.() ?? 0) };

/** The image's own test, with the part of it that runs the list. */
async function checked(root: string, list = LIST) {
  mkdirSync(join(root, "tests.d"), { recursive: true });
  copyFileSync(join(PACKER, "base/files/tests.d/15-cis.sh"), join(root, "tests.d/15-cis.sh"));
  const { out } = await run(join(PACKER, "base/files/image-test"), root, { ...ENV, FLEET_CIS: list, FLEET_ROOT: root, FLEET_TESTS: join(root, "tests.d") }); // prettier-ignore
  const lines = out.split("\n").filter((line) => line.includes(" - CIS "));
  const named = (begin: string) => lines.filter((line) => line.startsWith(begin)).map((line) => /CIS ([\d.-]+)/.exec(line)![1]!); // prettier-ignore
  return { ok: named("ok "), notOk: named("not ok ") };
}

async function hardened(more?: Readonly<Record<string, string>>): Promise<string> {
  const root = debian(more);
  expect(await run(HARDEN, root, { FLEET_ROOT: root })).toMatchObject({ code: 0 });
  return root;
}

describe("the checks", () => {
  const met = is("met").map(({ number }) => number);

  testWith("dpkg-query", "hold for what the hardening leaves", async () => {
    expect(await checked(await hardened())).toEqual({ ok: met, notOk: [] });
  });

  testWith("dpkg-query", "fail, each of them, where the control is broken", async () => {
    const root = await hardened();
    breakEverything(root);
    // A file without an owner can be made by root alone.
    expect((await checked(root)).ok).toEqual(IS_ROOT ? [] : ["7.1.12"]);
  });

  testWith("dpkg-query", "read what is set last, whatever file it is in", async () => {
    const root = await hardened();
    write(join(root, "usr/lib/sysctl.d/99-vendor.conf"), "net.ipv4.conf.all.rp_filter = 0\n");
    // One of the same name in a folder that counts for less is not read at all.
    write(join(root, "usr/lib/sysctl.d/zz-fleet.conf"), "net.ipv4.tcp_syncookies = 0\n");
    write(join(root, "etc/sysctl.d/zzz.conf"), "-net/ipv4/ip_forward=1\n");
    write(join(root, "network"), readFileSync(LIST, "utf8").replaceAll(/^(?!3\.3).*\n/gm, ""));
    const { ok, notOk } = await checked(root, join(root, "network"));
    expect([ok.length, notOk]).toEqual([10, ["3.3.1"]]);
  });
});

describe("the hardening", () => {
  testWith("dpkg-query", "takes away what speaks in the clear, and nothing that is not there", async () => {
    expect(asked(await hardened({ "inetutils-telnet": "2" }), "apt-get")).toEqual(["purge -y inetutils-telnet"]);
  });

  testWith("dpkg-query", "brings a clock where the cloud's image has none", async () => {
    const root = debian({}, ["chrony"]);
    await run(HARDEN, root, { FLEET_ROOT: root });
    expect(asked(root, "apt-get")).toEqual(["install -y --no-install-recommends systemd-timesyncd"]);
  });
});
