/** All models. */
import { callProtocol } from "./call_model.ts";
import { lockProtocol } from "./lock_model.ts";
import type { Protocol } from "./model.ts";
import { nameProtocol } from "./name_model.ts";
import { parkProtocol } from "./park_model.ts";
import { ringProtocol } from "./ring_model.ts";
import { valueProtocol } from "./value_model.ts";
import { watchProtocol } from "./watch_model.ts";

/** The protocols that are explored, each with its mutations. */
export const PROTOCOLS: readonly Protocol[] = [
  valueProtocol,
  lockProtocol,
  nameProtocol,
  callProtocol,
  parkProtocol,
  ringProtocol,
  watchProtocol,
];
