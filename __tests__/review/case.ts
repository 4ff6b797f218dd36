import { machines, release } from "./fixtures";
import { Lab, NEW, OLD, type Json } from "./lab";

export type Resources = Record<string, Record<string, Json>>;
export type Change = (resource: Resources) => void;
export const cbd = { create_before_destroy: true };
export const group = (resource: Resources) => resource.aws_autoscaling_group!.live_group!;
export const template = (resource: Resources) => resource.aws_launch_template!.live_template!;
export const data = (resource: Resources) => (resource.terraform_data ??= {});

/** A lab in which every test begins with a fresh stack that runs the old image. */
export class Cases extends Lab {
  private stacks = 0;

  async deployed(change?: Change, configuration = machines(change)): Promise<void> {
    await this.open(`stack-${this.stacks++}`, configuration);
    this.variables(release(OLD, "1.0.0"));
    expect(await this.apply()).toBe(0);
  }

  bump = () => this.variables(release(NEW, "1.1.0"));
}
