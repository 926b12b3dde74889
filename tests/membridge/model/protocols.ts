/** All models. */
import { biasProtocol } from "./bias_model.ts";
import { callProtocol } from "./call_model.ts";
import { claimProtocol } from "./claim_model.ts";
import { lockProtocol } from "./lock_model.ts";
import { explore } from "./explorer.ts";
import type { Exploration, Protocol } from "./model.ts";
import { mutexProtocol } from "./mutex_model.ts";
import { nameProtocol } from "./name_model.ts";
import { parkProtocol } from "./park_model.ts";
import { ringProtocol } from "./ring_model.ts";
import { valueProtocol } from "./value_model.ts";
import { watchProtocol } from "./watch_model.ts";

/** The protocols that are explored, each with its mutations. */
export const PROTOCOLS: readonly Protocol[] = [
  valueProtocol,
  lockProtocol,
  biasProtocol,
  nameProtocol,
  callProtocol,
  parkProtocol,
  ringProtocol,
  watchProtocol,
  claimProtocol,
  mutexProtocol,
];

/** Explores a mutation: first without deaths, which are many states and seldom needed to catch it. */
export function exploreBroken(protocol: Protocol, mutation: string): Exploration {
  const immortal = protocol.build(mutation);
  immortal.initial[0] = 0;
  const found = explore(immortal);
  return found.violation === undefined ? explore(protocol.build(mutation)) : found;
}
