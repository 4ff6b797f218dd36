/** Settings and secrets of a service, read by its machines from servers that answer, and refuse, as the clouds do. */
import { createHash, createHmac } from "node:crypto";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, CLOUDS, configured, INSTANCE, PACKER, run, serve, stopServing, type Answer, type Cloud, type Request } from "./on-machine"; // prettier-ignore
import { snapshot, tempFolder, testWith, write } from "./support";

afterEach(stopServing);

/** What must be in no file, argument, environment or message. */
const KEY_ID = "ASIAIOSFODNN7EXAMPLE";
const KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN = "IQoJb3JpZ2luX2VjE/planted+token==";
const SECRET = 'planted "secret" \\ of\ntwo lines $(reboot)\n';
const PLANTED = [KEY_ID, KEY, TOKEN, "planted"];

const BOOT = "ENVIRONMENT=prod\nSERVICE=web\n";
const SETTINGS: Record<string, string> = {
  LOG_LEVEL: "debug",
  UPSTREAM: "api.prod.internal",
  GREETING: 'say "hi" \\o/ $(reboot)',
  // Would pass as a second setting.
  SPLIT: "x\nUPSTREAM=evil",
};
const READ = 'GREETING=say "hi" \\o/ $(reboot)\nLOG_LEVEL=debug\nUPSTREAM=api.prod.internal\n';

const NOT_FOUND = { status: 404 };
const DENIED = { status: 403 };
const json = (value: unknown) => ({ body: JSON.stringify(value) });

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Whether a request is signed with the role's key as AWS wants it: version 4, with every header that counts. */
function signed(service: string, { headers, body }: Request): boolean {
  const [, id, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const [day, region, ...rest] = scope?.split("/") ?? [];
  const needed = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"];
  if (id !== KEY_ID || rest.join("/") !== `${service}/aws4_request`) return false;
  if (needed.some((name) => !names!.split(";").includes(name)) || headers["x-amz-security-token"] !== TOKEN)
    return false;
  const canonical = names!.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = ["POST", "/", "", canonical.join(""), names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(request)].join("\n");
  const key = [region!, service, "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${KEY}`, day!));
  return hmac(key, text).toString("hex") === signature;
}

const ROLES = "/latest/meta-data/iam/security-credentials/";
const bearer = ({ headers }: Request) => headers.authorization === `Bearer ${TOKEN}`;

/** Metadata service and the service of the settings in one, holding these settings and the secret API_TOKEN. */
function cloudWith(settings: Readonly<Record<string, string>>): Record<Cloud, Answer> {
  const entries = Object.entries(settings);
  // Two pages, as the clouds answer in pages.
  const page = (next: boolean) => (next ? entries.slice(1) : entries.slice(0, 1));
  return {
    aws: (request) => {
      const { method, url, headers, body } = request;
      if (method === "PUT") return { body: "imds" };
      if (method === "GET" && headers["x-aws-ec2-metadata-token"] !== "imds") return DENIED;
      if (url === ROLES) return { body: "prod-web" };
      if (url === `${ROLES}prod-web`) return json({ AccessKeyId: KEY_ID, SecretAccessKey: KEY, Token: TOKEN });
      const asks = JSON.parse(body) as Record<string, string>;
      const target = headers["x-amz-target"] as string;
      if (!signed(target.startsWith("AmazonSSM") ? "ssm" : "secretsmanager", request)) return DENIED;
      if (target === "AmazonSSM.GetParametersByPath" && asks.Path === "/prod/web")
        return json({
          Parameters: page(asks.NextToken === "n=1").map(([name, Value]) => ({ Name: `/prod/web/${name}`, Value })),
          ...(asks.NextToken ? {} : { NextToken: "n=1" }),
        });
      const known = target === "secretsmanager.GetSecretValue" && asks.SecretId === "/prod/web/API_TOKEN";
      return known ? json({ SecretString: SECRET }) : { status: 400 };
    },
    google: (request) => {
      const own = request.headers["metadata-flavor"] === "Google";
      if (own && request.url === "/computeMetadata/v1/project/attributes/?recursive=true")
        return json({
          "ssh-keys": "x",
          "prod-web-europe-west1-LOG_LEVEL": "other region",
          "prod-shop-us-central1-LOG_LEVEL": "other service",
          ...Object.fromEntries(entries.map(([name, value]) => [`prod-web-us-central1-${name}`, value])),
        });
      if (own && request.url === "/computeMetadata/v1/instance/service-accounts/default/token")
        return json({ access_token: TOKEN });
      if (!bearer(request)) return DENIED;
      return request.url === "/v1/projects/example-prod/secrets/prod-web-us-central1-API_TOKEN/versions/latest:access"
        ? json({ payload: { data: Buffer.from(SECRET).toString("base64") } })
        : NOT_FOUND;
    },
    azure: (request) => {
      const { url, headers } = request;
      if (headers.metadata === "true" && url?.startsWith("/metadata/identity/oauth2/token"))
        return url.endsWith("&resource=https%3A%2F%2Fvault.azure.net")
          ? json({ access_token: TOKEN })
          : { status: 400 };
      if (!bearer(request)) return DENIED;
      const [, name, query] = /^\/secrets(?:\/([\w-]+))?\?api-version=7\.4(.*)$/.exec(url!) ?? [];
      const listed = (secret: string, contentType?: string) => ({
        id: `https://vault.example/secrets/${secret.replaceAll("_", "-")}`,
        contentType,
        attributes: { enabled: true },
      });
      if (name === undefined)
        return json({
          value: [
            listed("API_TOKEN"),
            listed("PASSWORD"),
            ...page(query !== "").map(([setting]) => listed(setting, "text/plain")),
          ],
          nextLink: query === "" ? `http://${headers.host}/secrets?api-version=7.4&$skiptoken=a` : null,
        });
      const value = { ...settings, API_TOKEN: SECRET, PASSWORD: "planted" }[name.replaceAll("-", "_")];
      return value === undefined ? NOT_FOUND : json({ value });
    },
  };
}

/** Tools that write down what others on the machine could see of them, and then do their work. */
function watched(root: string): Record<string, string> {
  const seen = join(root, "..", `${root.split("/").pop()}.seen`);
  for (const tool of ["curl", "jq", "base64", "sed", "grep", "sort"]) {
    const file = join(root, "bin", tool);
    write(file, `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >>"${seen}"\nPATH=\${PATH#*:} exec ${tool} "$@"\n`);
    chmodSync(file, 0o755);
  }
  return { PATH: `${join(root, "bin")}:${process.env.PATH}`, SEEN: seen };
}

const planted = (text: string) => PLANTED.filter((part) => text.includes(part));

describe.each(CLOUDS)("on %s", (cloud) => {
  const env = async (answer: Answer) => {
    const url = await serve(answer);
    return { FLEET_METADATA: url, FLEET_ENDPOINT: url };
  };
  const settings = (root: string) => readFileSync(join(root, "run/settings"), "utf8");

  testWith("jq", "the service's settings are read, one NAME=value line each, and nothing else", async () => {
    const root = configured(BOOT, INSTANCE[cloud]);
    const tools = watched(root);
    const ran = await run(join(BASE, "fleet-settings"), root, { ...(await env(cloudWith(SETTINGS)[cloud])), ...tools });
    expect(ran).toEqual({ code: 0, out: "", error: "" });
    expect(settings(root)).toBe(READ);
    expect(planted(Object.values(snapshot(root)).join("\n"))).toEqual([]);
    expect(planted(readFileSync(tools.SEEN!, "utf8"))).toEqual([]);
  });

  testWith("jq", "a secret comes out byte by byte, and is in no file, argument, environment or message", async () => {
    const root = configured(BOOT, INSTANCE[cloud]);
    const tools = watched(root);
    const before = snapshot(root);
    const answers = { ...(await env(cloudWith(SETTINGS)[cloud])), ...tools };
    expect(await run(join(BASE, "fleet-secret"), root, answers, ["API_TOKEN"])).toEqual({
      code: 0,
      out: SECRET,
      error: "",
    });
    expect(snapshot(root)).toEqual(before);
    const seen = readFileSync(tools.SEEN!, "utf8");
    expect(seen).toContain("--config\n-");
    expect(planted(seen)).toEqual([]);

    const missing = await run(join(BASE, "fleet-secret"), root, answers, ["OTHER"]);
    expect(missing).toMatchObject({ code: 1, out: "" });
    expect(missing.error).toContain("OTHER of web cannot be read");
    expect(planted(missing.error)).toEqual([]);
  });

  testWith("jq", "no answer is a failure, and the settings of before stay", async () => {
    const root = configured(BOOT, INSTANCE[cloud]);
    const refusing = await env((request) => (request.method === "PUT" ? { body: "imds" } : DENIED));
    expect(await run(join(BASE, "fleet-settings"), root, refusing)).toMatchObject({ code: 1 });
    expect(existsSync(join(root, "run/settings"))).toBe(false);
    write(join(root, "run/settings"), READ);
    const ran = await run(join(BASE, "fleet-settings"), root, refusing);
    expect(ran.error).toContain("fleet-settings: the settings of web cannot be read; those of before stay");
    expect(settings(root)).toBe(READ);
  });
});

testWith("jq", "on azure, the vaults are the service's own, and their token goes nowhere else", async () => {
  const root = configured(BOOT, INSTANCE.azure);
  const elsewhere: string[] = [];
  const other = await serve(() => json({ value: [] }), elsewhere);
  const url = await serve((request) =>
    request.url!.startsWith("/secrets?")
      ? json({ value: [], nextLink: `${other}/secrets?next` })
      : json({ access_token: TOKEN }),
  );
  const ran = await run(join(BASE, "fleet-settings"), root, { FLEET_METADATA: url, FLEET_ENDPOINT: url });
  expect(ran.code).toBe(1);
  expect(elsewhere).toEqual([]);

  // The names as constructs/azure/configuration.ts makes them; asked of a curl that goes nowhere.
  write(join(root, "bin/curl"), `#!/bin/sh\nfor url; do :; done\ncase $url in http:*) echo '{}' ;; *) echo "$url" >"${root}/url"; exit 6 ;; esac\n`); // prettier-ignore
  chmodSync(join(root, "bin/curl"), 0o755);
  const asks = async (script: string, ...args: string[]) => {
    await run(join(BASE, script), root, { PATH: `${join(root, "bin")}:${process.env.PATH}` }, args);
    return readFileSync(join(root, "url"), "utf8");
  };
  const own = sha256("sub-1/prod/westeurope/web").slice(0, 16);
  const secrets = `https://secrets-${own}.vault.azure.net/secrets/API-TOKEN`;
  expect(await asks("fleet-settings")).toBe(`https://vault-${own}.vault.azure.net/secrets?api-version=7.4\n`);
  expect(await asks("fleet-secret", "API_TOKEN")).toBe(`${secrets}?api-version=7.4\n`);
});

testWith("jq", "a change calls who takes it, until it is taken; no change calls nobody", async () => {
  const root = configured(BOOT, INSTANCE.google);
  const lib = join(root, "lib");
  for (const name of ["cloud.sh", "lines.sh", "clouds/google.sh"])
    write(join(lib, name), readFileSync(join(PACKER, "base/files/lib", name), "utf8"));
  const taker = join(lib, "settings-changed.d/10-test");
  write(taker, `#!/bin/sh\n"$FLEET_BIN/fleet-config" UPSTREAM >>"${root}/taken"\n[ ! -e "${root}/broken" ]\n`);
  chmodSync(taker, 0o755);
  let now = SETTINGS;
  const url = await serve((request) => cloudWith(now).google(request));
  const read = () => run(join(BASE, "fleet-settings"), root, { FLEET_METADATA: url, FLEET_LIB: lib });
  const taken = () => (existsSync(join(root, "taken")) ? readFileSync(join(root, "taken"), "utf8") : "");

  expect(await read()).toEqual({ code: 0, out: "", error: "" });
  await read();
  expect(taken()).toBe("");
  now = { ...SETTINGS, UPSTREAM: "shop.prod.internal" };
  write(join(root, "broken"), "");
  expect((await read()).error).toContain("10-test did not take the change");
  expect((await read()).code).toBe(1);
  expect(taken()).toBe("shop.prod.internal\n".repeat(2));
  write(taker, `#!/bin/sh\necho taken >>"${root}/taken"\n`);
  expect(await read()).toEqual({ code: 0, out: "fleet-settings: the settings have changed\n", error: "" });
  await read();
  expect(taken()).toBe("shop.prod.internal\nshop.prod.internal\ntaken\n");
});

testWith("jq", "a machine that belongs to no service has no settings and no secrets, and asks nobody", async () => {
  const root = configured("", INSTANCE.aws);
  const env = { FLEET_METADATA: "http://127.0.0.1:1" };
  expect(await run(join(BASE, "fleet-settings"), root, env)).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, "run/settings"), "utf8")).toBe("");
  expect((await run(join(BASE, "fleet-secret"), root, env, ["API_TOKEN"])).error).toContain(
    "nobody has secrets for it",
  );
});

test("a secret's name is a name, and so is the service's", async () => {
  const root = configured("ENVIRONMENT=prod\nSERVICE=we/b\n", INSTANCE.aws);
  for (const name of ["../x", "token", "A B", "1A"])
    expect((await run(join(BASE, "fleet-secret"), root, {}, [name])).error).toContain(
      "NAME must be an upper-case name",
    );
  expect((await run(join(BASE, "fleet-secret"), root, {}, ["A"])).error).toContain("must be lower-case names");
});

test("fleet-config looks in the settings, then in the boot configuration, or where it is told to", async () => {
  const root = configured("A=boot\nB=boot\nB=last\n", "A=instance\n");
  const config = async (...args: string[]) => (await run(join(BASE, "fleet-config"), root, {}, args)).out;
  expect(await config("A")).toBe("boot\n");
  write(join(root, "run/settings"), "A=setting=1\n");
  expect(await config("A")).toBe("setting=1\n");
  expect(await config("B")).toBe("last\n");
  expect(await config("--boot", "A")).toBe("boot\n");
  expect(await config("--instance", "A")).toBe("instance\n");
  expect(await config("C", "none")).toBe("none\n");
  expect((await run(join(BASE, "fleet-config"), tempFolder(), {}, [])).error).toContain("usage: fleet-config");
});
