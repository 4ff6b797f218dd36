/**
 * The traffic entry: one load balancer whose rules point at the group's target group. It stays through image bumps.
 *
 * Two rules: `preview` attaches the target group from the start, because targets of a group that no rule names are
 * `unused` and never healthy (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html);
 * `live` follows once the machines are healthy.
 */
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import type { Service } from "../contract/spec";
import type { ExistingNetwork } from "./network";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
const NAME_LIMIT = 32;
/** Header with which a client reaches a slot whatever the weights say. */
export const PREVIEW_HEADER = "X-Fleet-Slot";
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const lifecycle = { createBeforeDestroy: true };

export interface TrafficProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly network: ExistingNetwork;
  readonly securityGroupId: string;
}

export class Traffic extends Construct {
  readonly targetGroupArn: string;
  readonly address: string;
  /** What a group must wait for: from then on its machines are health-checked. */
  readonly attached: ITerraformDependable;
  private readonly listenerArn: string;

  constructor(scope: Construct, id: string, { name, service, network, securityGroupId }: TrafficProps) {
    super(scope, id);
    const { health, traffic } = service;
    const certificateArn = traffic.certificates.aws;
    const internal = traffic.exposure === "internal";
    const balancer = new Lb(this, "entry", {
      name: keyedName(name, { internal }, NAME_LIMIT),
      loadBalancerType: "application",
      internal,
      securityGroups: [securityGroupId],
      subnets: network.subnetIds[internal ? "private" : "public"],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      lifecycle,
    });
    const targets = new LbTargetGroup(this, "targets", {
      name: keyedName(name, { ...healthContract(service), drain: traffic.drainSec }, NAME_LIMIT),
      port: service.port,
      protocol: "HTTP",
      targetType: "instance",
      vpcId: network.vpcId,
      deregistrationDelay: String(traffic.drainSec),
      healthCheck: {
        path: health.path,
        matcher: "200",
        interval: health.intervalSec,
        timeout: Math.min(5, health.intervalSec - 1),
        healthyThreshold: health.healthyThreshold,
        unhealthyThreshold: health.unhealthyThreshold,
      },
      lifecycle,
    });
    const listener = new LbListener(this, "listener", {
      loadBalancerArn: balancer.arn,
      port: entryPort(certificateArn !== undefined),
      ...(certificateArn ? { protocol: "HTTPS", certificateArn, sslPolicy: TLS_POLICY } : { protocol: "HTTP" }),
      defaultAction: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } }],
      lifecycle,
    });
    this.listenerArn = listener.arn;
    this.targetGroupArn = targets.arn;
    this.address = balancer.dnsName;
    this.attached = this.rule("preview", 10, { httpHeader: { httpHeaderName: PREVIEW_HEADER, values: ["live"] } });
  }

  /** Points the entry at the target group, once the group's machines have passed their gate. */
  serve(group: ITerraformDependable): void {
    this.rule("live", 100, { pathPattern: { values: ["/*"] } }, [group]);
  }

  private rule(
    id: string,
    priority: number,
    condition: object,
    dependsOn: ITerraformDependable[] = [],
  ): LbListenerRule {
    return new LbListenerRule(this, id, {
      listenerArn: this.listenerArn,
      priority,
      action: [{ type: "forward", targetGroupArn: this.targetGroupArn }],
      condition: [condition],
      dependsOn,
      lifecycle,
    });
  }
}
