/** What a change behind Terraform's back can be about, how much it weighs, and who wins in the end. */

/** `matters`: machines, traffic or protection are not what was reviewed. `life`: a running cloud does this. `other`: look. */
export const WEIGHTS = ["matters", "other", "life"] as const;
export type Weight = (typeof WEIGHTS)[number];

interface About {
  readonly weight: Weight;
  /** What it is, to stand after "changed:". */
  readonly is: string;
  /** What happens to the change, and what to do. */
  readonly todo: string;
}

const SET_BACK = "The next deployment sets it back. To keep it, put it into the fleet first.";
const RENEW =
  "Machines are not repaired in place: npx fleet release renew, and deploy, which builds the group anew from its image.";
const CLOSE = "The next deployment sets it back: deploy now, and find out who did it.";

export const SUBJECTS = {
  gone: {
    weight: "matters",
    is: "deleted outside of Terraform",
    todo: "A deployment makes it anew, empty. If it held data, restore that first.",
  },
  image: { weight: "matters", is: "the image that machines boot", todo: RENEW },
  name: { weight: "matters", is: "the name or tag that carries the key or finds it again", todo: RENEW },
  launch: { weight: "matters", is: "what a machine is, or how its group replaces it", todo: RENEW },
  security: { weight: "matters", is: "who may talk to whom", todo: CLOSE },
  identity: { weight: "matters", is: "who the machines are, or what somebody may do", todo: CLOSE },
  public: { weight: "matters", is: "who can reach it from outside", todo: CLOSE },
  encryption: { weight: "matters", is: "encryption", todo: CLOSE },
  protection: { weight: "matters", is: "protection against deletion, or backups", todo: SET_BACK },
  logs: { weight: "matters", is: "where records go, how long they stay, or who hears of trouble", todo: SET_BACK },
  health: { weight: "matters", is: "the health check, or what heals the group", todo: SET_BACK },
  traffic: { weight: "matters", is: "where traffic goes", todo: SET_BACK },
  network: { weight: "matters", is: "the network", todo: SET_BACK },
  limits: { weight: "other", is: "the limits of capacity", todo: SET_BACK },
  else: { weight: "other", is: "something that this table does not know", todo: SET_BACK },
  size: { weight: "life", is: "a size that autoscaling owns", todo: "Nothing: a deployment keeps it." },
  computed: { weight: "life", is: "a value that the cloud computes", todo: "Nothing." },
  attached: { weight: "life", is: "filled in by what is attached to it, which is managed by itself", todo: "Nothing." },
} as const satisfies Record<string, About>;

export type Subject = keyof typeof SUBJECTS;
