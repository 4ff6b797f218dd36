/** For the hand: the real terraform on one stack of each cloud. The stories in plans/ and slots/ show all of it, and more. */
import { violations } from "../constructs/contract/plan-contract";
import { CLOUDS } from "../constructs/contract/spec";
import { Deployment } from "./support/deployment";

test.each(CLOUDS)("on %s a service is valid, and its first plan keeps the contract", async (cloud) => {
  const deployment = await Deployment.start(cloud);
  try {
    await deployment.service.run("validate");
    expect(violations(cloud, "first", await deployment.service.plan())).toEqual([]);
  } finally {
    await deployment.stop();
  }
});
