/** All models. */
import { lockProtocol } from "./lock_model.ts";
import { parkProtocol } from "./park_model.ts";
import { valueProtocol } from "./value_model.ts";
import type { Protocol } from "./model.ts";

/** The protocols that are explored, each with its mutations. */
export const PROTOCOLS: readonly Protocol[] = [lockProtocol, valueProtocol, parkProtocol];
