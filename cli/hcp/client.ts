/** The workspace of a stack, asked with the token of its host. */
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../../hcp/api";
import { Client } from "../../hcp/client";
import { hostOf } from "../../hcp/host";
import type { Place } from "../../hcp/stacks";
import { findToken, type Token } from "../../hcp/token";

export const tokenOf = ({ hostname }: Place): Token => findToken(hostname, process.env);

/** @param signal ends what is under way */
export function clientOf(place: Place, token: Token = tokenOf(place), signal?: AbortSignal): Client {
  const wire = {
    ...(signal && { signal }),
    sleep: async (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { ...(signal && { signal }) }),
  };
  return new Client(new Api({ host: hostOf(place.hostname, process.env), token, wire }), place);
}
