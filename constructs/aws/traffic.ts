/**
 * The traffic entry: one load balancer whose rules point at the slots' target groups. It stays through image bumps.
 *
 * A `preview` rule attaches each slot's target group from the start, because targets of a group that no rule names are
 * `unused` and never healthy (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html);
 * `routes` follows once the machines are healthy, and holds the weights where there are two slots.
 */
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerRule, type LbListenerRuleAction } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { certificateOf } from "../contract/certificates";
import { entryPort, healthContract } from "../contract/machine";
import { keyedName } from "../contract/names";
import { slotsOf, type Slot } from "../contract/slots";
import type { PlacementOn, Service } from "../contract/spec";
import { answerSec, drainSec } from "../contract/times";
import type { ExistingNetwork } from "./network";

/** Fixed for each: slots that go, when the strategy changes, do not hold the priority of those that come. */
const PREVIEW_PRIORITY: Readonly<Record<Slot, number>> = { blue: 10, green: 11, live: 12 };
/** Header with which a client reaches a slot whatever the weights say. */
export const PREVIEW_HEADER = "X-Fleet-Slot";
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const lifecycle = { createBeforeDestroy: true };

export interface TrafficProps {
  /** `<environment>-<service>`. */
  readonly name: string;
  readonly service: Service;
  readonly placement: PlacementOn<"aws">;
  readonly network: ExistingNetwork;
  readonly securityGroupId: string;
}

export interface SlotTargets {
  readonly targetGroupArn: string;
  /** The rule that attaches the target group: from then on its machines are health-checked. */
  readonly attached: ITerraformDependable;
  /** The target group's name in metrics. */
  readonly suffix: string;
}

export class Traffic extends Construct {
  readonly address: string;
  /** Zone of the address, for names that stand for it. */
  readonly addressZoneId: string;
  private readonly balancerSuffix: string;
  private readonly props: TrafficProps;
  private readonly listenerArn: string;
  private readonly slots: ReadonlyMap<Slot, SlotTargets>;

  constructor(scope: Construct, id: string, props: TrafficProps) {
    super(scope, id);
    const { name, service, placement, network, securityGroupId } = props;
    const { traffic } = service;
    const certificateArn = certificateOf(service, placement);
    const internal = traffic.exposure === "internal";
    const balancer = new Lb(this, "entry", {
      name: keyedName("aws_lb", name, { internal }),
      loadBalancerType: "application",
      internal,
      securityGroups: [securityGroupId],
      subnets: network.subnetIds[internal ? "private" : "public"],
      // No deletion protection: a change of exposure replaces the balancer, and the old one must be able to go. No access
      // logs: they need a bucket in the foundation, and flow records show every connection.
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      idleTimeout: answerSec("aws", service),
      lifecycle,
    });
    const listener = new LbListener(this, "listener", {
      loadBalancerArn: balancer.arn,
      port: entryPort(certificateArn !== undefined),
      ...(certificateArn ? { protocol: "HTTPS", certificateArn, sslPolicy: TLS_POLICY } : { protocol: "HTTP" }),
      defaultAction: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } }],
      lifecycle,
    });
    // One listener holds a port, and 80 was the entry's before it had a certificate: this one comes last and goes first.
    if (certificateArn)
      new LbListener(this, "redirect", {
        loadBalancerArn: balancer.arn,
        port: entryPort(false),
        protocol: "HTTP",
        defaultAction: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
        dependsOn: [listener],
      });
    this.props = props;
    this.listenerArn = listener.arn;
    this.address = balancer.dnsName;
    this.addressZoneId = balancer.zoneId;
    this.balancerSuffix = balancer.arnSuffix;
    this.slots = new Map(slotsOf(service).map((slot) => [slot, this.slotTargets(slot)]));
  }

  /** What a slot's group registers with, and must wait for. */
  targetsOf(slot: Slot): SlotTargets {
    const targets = this.slots.get(slot);
    if (!targets) throw new Error(`strategy ${this.props.service.strategy} has no slot ${slot}`);
    return targets;
  }

  /** How the cloud's metrics name a slot's machines behind this entry. */
  dimensionsOf(slot: Slot): Record<string, string> {
    return { LoadBalancer: this.balancerSuffix, TargetGroup: this.targetsOf(slot).suffix };
  }

  /** Points the entry at the slots by their weights, once the groups' machines have passed their gates. */
  serve(groups: ITerraformDependable[]): void {
    const targets = [...this.slots].map(([slot, { targetGroupArn }]) => ({ slot, arn: targetGroupArn }));
    const [only] = targets;
    const action =
      targets.length === 1 && only
        ? { type: "forward", targetGroupArn: only.arn }
        : {
            type: "forward",
            forward: {
              targetGroup: targets.map(({ slot, arn }) => ({ arn, weight: Token.asNumber(`\${var.traffic.${slot}}`) })),
            },
          };
    this.rule("routes", 100, { pathPattern: { values: ["/*"] } }, action, groups);
  }

  private slotTargets(slot: Slot): SlotTargets {
    const { name, service, network } = this.props;
    const { health, traffic } = service;
    const drain = drainSec("aws", service);
    const settings = { slot, ...healthContract(service), drain };
    // A target group belongs to one load balancer, and another exposure is another one:
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    const key = traffic.exposure === "public" ? { ...settings, exposure: traffic.exposure } : settings;
    const targets = new LbTargetGroup(this, `${slot}_targets`, {
      name: keyedName("aws_lb_target_group", name, key),
      port: service.port,
      // TLS ends at the entry.
      protocol: "HTTP",
      targetType: "instance",
      vpcId: network.vpcId,
      deregistrationDelay: String(drain),
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
    const condition = { httpHeader: { httpHeaderName: PREVIEW_HEADER, values: [slot] } };
    const attached = this.rule(`${slot}_preview`, PREVIEW_PRIORITY[slot], condition, {
      type: "forward",
      targetGroupArn: targets.arn,
    });
    return { targetGroupArn: targets.arn, attached, suffix: targets.arnSuffix };
  }

  private rule(
    id: string,
    priority: number,
    condition: object,
    action: LbListenerRuleAction,
    dependsOn?: ITerraformDependable[],
  ): LbListenerRule {
    return new LbListenerRule(this, id, {
      listenerArn: this.listenerArn,
      priority,
      action: [action],
      condition: [condition],
      dependsOn,
      lifecycle,
    });
  }
}
