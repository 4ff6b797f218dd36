/**
 * What the machines may do: write records and metrics without reading any, and use what the service asks for of the
 * placement's persistent store. Where Google grants a right only on the project, a condition narrows it.
 */
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member";
import { SqlUser } from "@cdktf/provider-google/lib/sql-user";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { fitted } from "../contract/names";
import type { Service } from "../contract/spec";
import { databaseInstance } from "./database";
import { NFS_PORT } from "./file-share";
import { LOGGED, servicesCidr, type Place } from "./network";
import { bucketName } from "./object-store";

export interface AccessProps extends Place {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly service: Service;
  /** Link of the network that the machines are in. */
  readonly networkLink: string;
  /** Service account of the machines. */
  readonly machines: string;
}

const OBJECT_ROLES = { read: "roles/storage.objectViewer", write: "roles/storage.objectUser" };

/** https://cloud.google.com/sql/docs/postgres/connect-overview#ports */
const POSTGRES_PORT = 5432;

export class Access extends Construct {
  /** What must be there before a machine boots. */
  readonly grants: readonly ITerraformDependable[];
  private readonly props: AccessProps;

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    this.props = props;
    const { database, objects, files } = props.service.uses;
    this.grants = [
      this.onProject("records", "roles/logging.logWriter"),
      this.onProject("metrics", "roles/monitoring.metricWriter"),
      ...(database ? this.toDatabase() : []),
      ...(objects === "none" ? [] : [this.toObjects(OBJECT_ROLES[objects])]),
      ...(files ? [this.out("files", NFS_PORT)] : []),
    ];
  }

  private get member(): string {
    return `serviceAccount:${this.props.machines}`;
  }

  private onProject(id: string, role: string, condition?: { title: string; expression: string }): ProjectIamMember {
    const { project } = this.props.placement;
    return new ProjectIamMember(this, id, { project, role, member: this.member, ...(condition ? { condition } : {}) });
  }

  /** A sign-in without a password, as the service account; what it may do inside, the database's owner grants in SQL. */
  private toDatabase(): ITerraformDependable[] {
    const { project } = this.props.placement;
    const instance = databaseInstance(this.props);
    const user = new SqlUser(this, "database_user", {
      instance,
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      // https://cloud.google.com/sql/docs/postgres/add-manage-iam-users: PostgreSQL knows the account without its ending.
      name: Fn.trimsuffix(this.props.machines, ".gserviceaccount.com"),
      // PostgreSQL drops no user that owns something; without its account it cannot sign in any more.
      deletionPolicy: "ABANDON",
    });
    const login = this.onProject("database_login", "roles/cloudsql.instanceUser", {
      title: instance,
      expression: `resource.type == "sqladmin.googleapis.com/Instance" && resource.name == "projects/${project}/instances/${instance}"`,
    });
    return [user, login, this.out("database", POSTGRES_PORT)];
  }

  private toObjects(role: string): ITerraformDependable {
    return new StorageBucketIamMember(this, "objects", { bucket: bucketName(this.props), role, member: this.member });
  }

  /** A way out to what Google runs in the network; the firewall closes all others. */
  private out(id: string, port: number): ITerraformDependable {
    const { name, networkLink, machines } = this.props;
    return new ComputeFirewall(this, `${id}_out`, {
      name: fitted("google_compute_firewall", `${name}-${id}`),
      network: networkLink,
      direction: "EGRESS",
      destinationRanges: [servicesCidr(this.props)],
      targetServiceAccounts: [machines],
      allow: [{ protocol: "tcp", ports: [String(port)] }],
      logConfig: LOGGED,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
