/** The roles by name. */
import type { Stage } from "../stage.ts";
import { call } from "./call.ts";
import { churn } from "./churn.ts";
import { lendFrames } from "./lend_frames.ts";
import { lookAtFrames } from "./look_at_frames.ts";
import { lockAndCount } from "./lock_and_count.ts";
import { publish } from "./publish.ts";
import { read } from "./read.ts";
import { receive } from "./receive.ts";
import { send } from "./send.ts";
import { serveSteadily, serveWhileItLasts } from "./serve.ts";
import { subscribe } from "./subscribe.ts";
import { write } from "./write.ts";

/** Plays until the stage ends. */
export type Role = (stage: Stage) => Promise<void>;

/** What an actor can be told to play. */
export const ROLES: Readonly<Record<string, Role>> = {
  steady: serveSteadily,
  serve: serveWhileItLasts,
  call,
  write,
  read,
  publish,
  subscribe,
  send,
  receive,
  lock: lockAndCount,
  lend: lendFrames,
  look: lookAtFrames,
  churn,
};
