import { planeProblems, type Plane } from "../../constructs/contract/planes";

const of = (plane: Plane, type: string, block: Record<string, unknown>, isProtected = true) =>
  planeProblems(plane, "prod-x-aws-us-east-1", [{ type, name: "data", block }], isProtected).map(
    ({ path, message }) => `${path}: ${message}`,
  );
const kept = { lifecycle: { prevent_destroy: true } };

test.each(["service", "foundation"] as const)("a %s stack keeps no data", (plane) => {
  expect(of(plane, "aws_s3_bucket", kept)).toEqual([
    `prod-x-aws-us-east-1 aws_s3_bucket.data: keeps data and must not stand in a ${plane} stack; declare it in the persistent stack`,
  ]);
  expect(of(plane, "aws_lb", {})).toEqual([]);
});

test("what keeps data is protected by terraform, and by the cloud where it can", () => {
  expect(of("persistent", "aws_db_instance", {})).toEqual([
    "prod-x-aws-us-east-1 aws_db_instance.data: keeps data and must have lifecycle.prevent_destroy = true",
    "prod-x-aws-us-east-1 aws_db_instance.data: keeps data and must have deletion_protection = true",
  ]);
  expect(of("persistent", "aws_db_instance", { ...kept, deletion_protection: false })).toHaveLength(1);
  expect(of("persistent", "aws_db_instance", { ...kept, deletion_protection: true })).toEqual([]);
  expect(of("persistent", "aws_s3_bucket", kept)).toEqual([]);
});

test("protection is lifted only where that is said", () => {
  expect(of("persistent", "aws_db_instance", {}, false)).toEqual([]);
  expect(of("service", "aws_db_instance", {}, false)).toHaveLength(1);
});
