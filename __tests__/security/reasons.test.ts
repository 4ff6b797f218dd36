import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLOUDS, type Cloud } from "../../constructs/contract/spec";
import { rows, section } from "./document";
import { stale, unexplained, type Failure } from "./judge";
import { REASONS, type Reason } from "./reasons";
import { credentialsIn, secretsIn, secretsInState } from "./secrets";

const TITLES: Readonly<Record<Cloud, string>> = {
  aws: "Reasons on AWS",
  google: "Reasons on Google Cloud",
  azure: "Reasons on Azure",
};

const row = ({ check, type, only = [], without, reason }: Reason): string[] => [
  check,
  [`\`${type}\``, ...(only.length > 0 ? [only.map((name) => `\`${name}\``).join(", ")] : [])].join(": "),
  without ? `without \`${without}\`` : "always",
  reason,
];

test.each(CLOUDS)("docs/security.md has the reasons on %s, and no other", (cloud) => {
  expect(rows(section(TITLES[cloud]))).toEqual(REASONS[cloud].map(row));
});

test.each(["security.md", "persistent.md"])("docs/%s links only to files and headings that are there", (file) => {
  const read = (name: string) => readFileSync(join(__dirname, "../../docs", name), "utf8");
  const anchors = (text: string) =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
  const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)/g)];
  expect(links.length).toBeGreaterThan(0);
  for (const [link, name, anchor] of links)
    expect([link, anchor === undefined ? read(name!).length > 0 : anchors(read(name!)).includes(anchor)]).toEqual([
      link,
      true,
    ]);
});

describe("reasons", () => {
  const failure: Failure = { check: "CKV_1", type: "aws_lb", name: "entry", stack: "a", without: ["certificate"] };
  const reason: Reason = { check: "CKV_1", type: "aws_lb", reason: "" };
  const missed = "CKV_1 a aws_lb.entry";

  test("hold for their check and type only", () => {
    expect(unexplained([failure], [reason])).toEqual([]);
    expect(unexplained([failure], [{ ...reason, type: "aws_s3_bucket" }])).toEqual([missed]);
    expect(unexplained([failure], [{ ...reason, check: "CKV_2" }])).toEqual([missed]);
  });

  test("hold only for the names that they name", () => {
    expect(unexplained([failure], [{ ...reason, only: ["entry"] }])).toEqual([]);
    expect(unexplained([failure], [{ ...reason, only: ["other"] }])).toEqual([missed]);
  });

  test("do not hold where the option is used", () => {
    expect(unexplained([failure], [{ ...reason, without: "certificate" }])).toEqual([]);
    expect(unexplained([failure], [{ ...reason, without: "encryptionKey" }])).toEqual([missed]);
  });

  test("that nothing needs are stale, name by name", () => {
    expect(stale([failure], [reason])).toEqual([]);
    expect(stale([], [{ ...reason, without: "certificate" }])).toEqual(["CKV_1 aws_lb without certificate"]);
    expect(stale([failure], [{ ...reason, only: ["entry", "gone"] }])).toEqual(["CKV_1 aws_lb gone"]);
  });
});

describe("secrets are found", () => {
  test("by the providers' schemas, at any depth", () => {
    const resource = {
      aws_db_instance: { server: { password: "x", username: "fleet" } },
      aws_lb_listener: { entry: { default_action: [{ authenticate_oidc: { client_secret: "x" } }] } },
      azurerm_postgresql_flexible_server: { server: { administrator_password_wo: "x" } },
      azurerm_linux_virtual_machine_scale_set: { group: { extension: [{ name: "a" }, { protected_settings: "x" }] } },
      google_sql_user: { user: { password: "x" } },
    };
    expect(secretsIn({ resource })).toEqual([
      "aws_db_instance.password of server",
      "aws_lb_listener.default_action.authenticate_oidc.client_secret of entry",
      "azurerm_postgresql_flexible_server.administrator_password_wo of server",
      "azurerm_linux_virtual_machine_scale_set.extension.protected_settings of group",
      "google_sql_user.password of user",
    ]);
  });

  test("a type without a schema is not taken to hold none", () => {
    const resource = { random_password: { database: { length: 20 } } };
    expect(secretsIn({ resource })).toEqual(["random_password: no schema says what of it is secret"]);
    expect(secretsInState({ resource })).toEqual(["random_password: no schema says what of it is secret"]);
  });

  test("that only the state will hold", () => {
    const data = { aws_secretsmanager_secret_version: { token: {} } };
    const resource = { azurerm_log_analytics_workspace: { logs: {} } };
    expect(secretsInState({ resource, data })).toEqual([
      "azurerm_log_analytics_workspace.primary_shared_key",
      "azurerm_log_analytics_workspace.secondary_shared_key",
      "data.aws_secretsmanager_secret_version.secret_binary",
      "data.aws_secretsmanager_secret_version.secret_string",
    ]);
  });

  test.each([
    ["AWS", `{"key": "AKIA${"Q".repeat(16)}"}`],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
    ["Google", `"AIza${"q".repeat(35)}"`],
    ["Azure", '"DefaultEndpointsProtocol=https;AccountKey=abc"'],
    ["a signed link", `https://a.blob.core.windows.net/c?sv=1&sig=${"q".repeat(24)}`],
    ["GitHub", `ghp_${"q".repeat(36)}`],
    ["HCP Terraform", `${"q".repeat(14)}.atlasv1.${"q".repeat(64)}`],
    ["an address with a password", "postgres://web:secret@database.prod.internal/web"],
  ])("by the form that %s gives them", (_what, text) => {
    expect(credentialsIn(text)).toHaveLength(1);
  });
});
