/** What hashicorp/aws reads back. Without a link: from plans that the real provider made. */
import type { Value } from "../protocol/values";
import { valuesAt } from "./graph";
import type { Follows, Place, ReadBack } from "./read-back-rows";

const NO_STICKINESS: Follows = [{ enabled: false, duration: 0 }];
const NO_LOGS: Follows = [{ bucket: "", enabled: false, prefix: "" }];
const text = (value: Value | undefined): string => String(value ?? "");

/** Read only for the load balancers that have it. */
const onlyFor =
  (attribute: string, kinds: RegExp, otherwise: Follows): Follows =>
  ({ object }) =>
    kinds.test(text(object[attribute])) ? (otherwise as Value) : null;

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html#PostgreSQL.Concepts.General.SSL.Requiring */
const DEFAULTS = [{ family: /^postgres(1[5-9]|[2-9]\d)$/, name: "rds.force_ssl", is: "1" }];

const TRANSPORT = /^(TCP|UDP|TCP_UDP|TLS|GENEVE)$/;

/** Every subnet is mapped, also where only their list was given. */
const mappedSubnets = ({ object }: Place): Value =>
  valuesAt(object.subnets, []).map((subnet_id) => ({ subnet_id, outpost_id: "" }));

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
const noStickiness = ({ object }: Place): Value => [
  {
    ...{ enabled: false, cookie_duration: 0 },
    type: TRANSPORT.test(text(object.protocol)) ? "source_ip" : "lb_cookie",
  },
];

/** A group is never smaller than its limit: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html */
const withinLimits = (value: Value, { object }: Place): Value => {
  const { min_size: fewest, max_size: most } = object;
  if (typeof value !== "number" || typeof fewest !== "number" || typeof most !== "number") return value;
  return Math.min(Math.max(value, fewest), most);
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const PARAMETER: Record<string, Follows> = {
  "aws_ssm_parameter.version": 1,
  "aws_ssm_parameter.tier": "Standard",
  "aws_ssm_parameter.data_type": "text",
  "aws_ssm_parameter.key_id": ({ object }) => (object.type === "SecureString" ? "alias/aws/ssm" : ""),
};

export const AWS_READ: ReadBack = {
  unset: {
    ...PARAMETER,
    "aws_lb.access_logs": ({ object }) => (object.load_balancer_type === "gateway" ? [] : (NO_LOGS as Value)),
    "aws_lb.connection_logs": ({ object }) => (object.load_balancer_type === "application" ? (NO_LOGS as Value) : []),
    "aws_lb.dns_record_client_routing_policy": onlyFor("load_balancer_type", /^network$/, "any_availability_zone"),
    "aws_lb.subnet_mapping": mappedSubnets,
    "aws_lb_listener.alpn_policy": onlyFor("protocol", /^TLS$/, "None"),
    "aws_lb_listener.certificate_arn": null,
    "aws_lb_listener.default_action.forward.stickiness": NO_STICKINESS,
    "aws_lb_listener_rule.action.forward.stickiness": NO_STICKINESS,
    "aws_lb_target_group.connection_termination": onlyFor("protocol", TRANSPORT, false),
    "aws_lb_target_group.load_balancing_anomaly_mitigation": null,
    "aws_lb_target_group.preserve_client_ip": onlyFor("protocol", TRANSPORT, "true"),
    "aws_lb_target_group.stickiness": noStickiness,
    "aws_route53_record.allow_overwrite": null,
    "aws_route53_record.fqdn": ({ object }) => text(object.name).replace(/\.$/, ""),
    "aws_cloudwatch_event_rule.is_enabled": ({ object }) => object.state !== "DISABLED",
    "aws_cloudwatch_event_rule.state": ({ object }) => (object.is_enabled === false ? "DISABLED" : "ENABLED"),
  },
  form: {
    // Of a parameter that has its family's default, RDS keeps how the family applies it, whatever is asked of it:
    // https://github.com/hashicorp/terraform-provider-aws/issues/39252
    "aws_db_parameter_group.parameter.apply_method": (value, { own, object }) =>
      DEFAULTS.some(({ family, name, is }) => family.test(text(object.family)) && own.name === name && own.value === is)
        ? "pending-reboot"
        : value,
    "aws_autoscaling_group.desired_capacity": withinLimits,
    "aws_cloudwatch_event_rule.is_enabled": (value, { own }) => (text(own.state) ? own.state !== "DISABLED" : value),
  },
  twins: {},
};
