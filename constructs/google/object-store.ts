/** The placement's bucket: private, in its region, and every version of an object can be had back for a time. */
import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import { keyedName } from "../contract/names";
import type { Place } from "./network";

/** Names of buckets are one for all of Google Cloud: project and hash keep ours apart from everybody's. */
export const bucketName = ({ environment, placement }: Place): string =>
  keyedName("google_storage_bucket", `${placement.project}-${environment.name}-${placement.region}`, {});

export interface ObjectStoreProps extends Place {
  readonly objects: NonNullable<Persistent["objects"]>;
  /** Nobody can destroy it; without, its objects go with it. */
  readonly isProtected: boolean;
}

export class ObjectStore extends Construct {
  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id);
    const { placement, objects, isProtected } = props;
    // No usage log: it needs a second bucket; Cloud Audit Logs can say who read what.
    new StorageBucket(this, "bucket", {
      name: bucketName(props),
      location: placement.region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      lifecycleRule: [
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: objects.keepDays, withState: "ARCHIVED" } },
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      ],
      ...(placement.encryptionKey ? { encryption: { defaultKmsKeyName: placement.encryptionKey } } : {}),
      forceDestroy: !isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
  }
}
