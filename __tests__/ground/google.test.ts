import { rmSync } from "node:fs";
import { STACKS } from "../support/deployment";
import { fleetWith, type Draft } from "../support/fleet";
import { describeGround } from "../support/ground-story";
import { Workspace } from "../support/synth";

describeGround("google", {
  setting: ["google_compute_project_metadata_item.configuration_setting-LOG_LEVEL update"],
  secret: [
    "google_secret_manager_secret.configuration_secret-TLS_KEY create",
    "google_secret_manager_secret_iam_member.configuration_reader-TLS_KEY create",
  ],
  database: [
    "google_compute_firewall.access_database_out create",
    "google_project_iam_member.access_database_login create",
    "google_sql_user.access_database_user create",
  ],
});

type Environment = Draft["environments"][number];

describe("synthesized on Google Cloud", () => {
  let workspace: Workspace;
  beforeEach(() => (workspace = new Workspace()));
  afterEach(() => rmSync(workspace.folder, { recursive: true }));

  const synth = (edit: (environment: Environment) => void) => {
    workspace.synth(
      fleetWith(({ environments: [environment] }) => {
        environment!.placements = environment!.placements.filter(({ cloud }) => cloud === "google");
        edit(environment!);
      }),
    );
    const { service, foundation } = STACKS.google;
    const resourceOf = (stack: string) => (type: string) =>
      Object.values(workspace.stack(stack).resource[type] ?? {}) as Record<string, unknown>[];
    return {
      service: resourceOf(service),
      persistent: (type: string) => resourceOf(foundation.replace("foundation", "persistent"))(type),
    };
  };
  const roles = ({ service }: ReturnType<typeof synth>) =>
    ["google_project_iam_member", "google_storage_bucket_iam_member", "google_secret_manager_secret_iam_member"]
      .flatMap((type) => service(type))
      .map(({ role }) => role);
  test("machines write records and metrics, and have no other right", () => {
    const made = synth(() => {});
    expect(roles(made)).toEqual(["roles/monitoring.metricWriter", "roles/logging.logWriter"]);
  });

  test("each use is a right to just that", () => {
    const made = synth(({ placements: [placement], services: [service] }) => {
      placement!.persistent = { database: {}, objects: {}, files: {} };
      Object.assign(service!, { secrets: ["API_TOKEN"], uses: { database: true, objects: "read", files: true } });
    });
    expect(roles(made)).toEqual([
      "roles/cloudsql.instanceUser",
      "roles/monitoring.metricWriter",
      "roles/logging.logWriter",
      "roles/storage.objectViewer",
      "roles/secretmanager.secretAccessor",
    ]);
    expect(made.service("google_project_iam_member").map(({ condition }) => condition)).toEqual([
      {
        title: "prod-us-central1-database",
        expression:
          'resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/example-prod/instances/prod-us-central1-database"',
      },
      undefined,
      undefined,
    ]);
  });

  test.each([
    [undefined, "ENTERPRISE_PLUS", 14],
    ["db-custom-2-7680", "ENTERPRISE", 7],
  ])("a server of type %s keeps the log as long as its edition can", (type, edition, days) => {
    const made = synth(({ placements: [placement] }) => {
      placement!.persistent = { database: type === undefined ? {} : { type } };
    });
    expect(made.persistent("google_sql_database_instance")).toMatchObject([
      {
        settings: {
          edition,
          backup_configuration: {
            transaction_log_retention_days: days,
            backup_retention_settings: { retained_backups: 14 },
          },
          ip_configuration: { ipv4_enabled: false, ssl_mode: "ENCRYPTED_ONLY" },
        },
      },
    ]);
    expect(made.persistent("google_storage_bucket")).toEqual([]);
  });

  test("with a certificate, requests without TLS are sent to the same address with it", () => {
    const google = "projects/example-prod/locations/us-central1/certificates/web";
    const made = synth(
      ({ services: [service] }) => (service!.traffic = { certificates: { "google-us-central1": google } }),
    );
    expect(made.service("google_compute_address")).toMatchObject([{ purpose: "SHARED_LOADBALANCER_VIP" }]);
    // The third leads to the health path of new machines alone.
    const rules = made.service("google_compute_forwarding_rule").filter(({ ip_address }) => ip_address);
    expect(rules.map(({ port_range }) => port_range)).toEqual(["443", "80"]);
    expect(new Set(rules.map(({ ip_address }) => ip_address)).size).toBe(1);
    expect(made.service("google_compute_region_url_map")).toContainEqual(
      expect.objectContaining({ default_url_redirect: expect.objectContaining({ https_redirect: true }) as unknown }),
    );
  });
});
