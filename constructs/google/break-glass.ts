/**
 * The network's side of a break-glass release: Google's proxy for administrators reaches the machines. Who may use it and
 * sign in is granted outside of this project, see docs/security.md.
 */
import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { Construct } from "constructs";
import { keyedName } from "../contract/names";
import type { ReleaseVariable } from "../contract/release-variable";
import type { Slot } from "../contract/slots";
import { LOGGED } from "./network";

export interface BreakGlassProps {
  /** `<environment>-<service>-<region>`. */
  readonly name: string;
  readonly slot: Slot;
  readonly release: ReleaseVariable;
  readonly networkLink: string;
  /** Service account of the machines. */
  readonly machines: string;
}

/** https://cloud.google.com/iap/docs/using-tcp-forwarding#create-firewall-rule */
const IDENTITY_AWARE_PROXY = "35.235.240.0/20";

export class BreakGlass extends Construct {
  readonly rule: ComputeFirewall;

  constructor(scope: Construct, id: string, { name, slot, release, networkLink, machines }: BreakGlassProps) {
    super(scope, id);
    this.rule = new ComputeFirewall(this, "ssh", {
      count: release.breakGlass.count,
      name: keyedName("google_compute_firewall", `${name}-${slot}-ssh`, {}),
      network: networkLink,
      direction: "INGRESS",
      sourceRanges: [IDENTITY_AWARE_PROXY],
      targetServiceAccounts: [machines],
      allow: [{ protocol: "tcp", ports: ["22"] }],
      logConfig: LOGGED,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
