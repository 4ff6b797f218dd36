/** Objects: a bucket that keeps what is overwritten or deleted, answers nobody outside and speaks TLS only. */
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import type { Persistent } from "../contract/ground-spec";
import type { Environment, PlacementOn } from "../contract/spec";
import { globalArnOf, policy } from "./identity";

export interface ObjectStoreProps {
  readonly environment: Environment;
  readonly placement: PlacementOn<"aws">;
  readonly objects: NonNullable<Persistent["objects"]>;
  readonly isProtected: boolean;
}

type Place = Pick<ObjectStoreProps, "environment" | "placement">;

/** Bucket names are one space for all of AWS, so account and region are in it. */
export const objectsBucket = ({ environment, placement }: Place): string =>
  `${environment.name}-objects-${placement.account}-${placement.region}`;

export const objectsArn = (place: Place): string => globalArnOf(place.placement, "s3", objectsBucket(place));

/** Time after which an upload that was broken off is cleared away, in days. */
const BROKEN_UPLOAD_DAYS = 7;

export class ObjectStore extends Construct {
  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id);
    const { placement, objects, isProtected } = props;
    // No access log, no events and no copy in another region: docs/security.md says why.
    const kept = new S3Bucket(this, "bucket", {
      bucket: objectsBucket(props),
      // Without protection it can be destroyed, but only by somebody who has emptied it.
      forceDestroy: false,
      lifecycle: { preventDestroy: isProtected },
    });
    const bucket = kept.bucket;
    const versions = new S3BucketVersioningA(this, "versions", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "expiry", {
      bucket,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: objects.keepDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: BROKEN_UPLOAD_DAYS }],
        },
      ],
      dependsOn: [versions],
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: placement.encryptionKey
            ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: placement.encryptionKey }
            : { sseAlgorithm: "AES256" },
          bucketKeyEnabled: placement.encryptionKey !== undefined,
        },
      ],
    });
    new S3BucketOwnershipControls(this, "ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    const closed = new S3BucketPublicAccessBlock(this, "closed", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, "tls", {
      bucket,
      policy: policy({
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [objectsArn(props), `${objectsArn(props)}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
      // Both change the bucket's policy, and the API takes one change at a time.
      dependsOn: [closed],
    });
  }
}
