/** The rows of the table of goals that need processes of their own; each is a line here and a file beside this one. */
import type { Aim } from "../report/aims.ts";
import { measureApart } from "./apart.ts";
import { measureBytes } from "./bytes.ts";
import { measureChannel } from "./channel.ts";
import { measureDeath } from "./death.ts";
import { measureFirstCall } from "./first_call.ts";
import { measureIdle } from "./idle.ts";
import { measureLoans } from "./loans.ts";

/** The rows, in the order of the table. */
const ROWS: readonly (() => Promise<Aim[]>)[] = [
  measureApart,
  measureBytes,
  measureLoans,
  measureChannel,
  measureIdle,
  measureDeath,
  measureFirstCall,
];

/** Measures all rows, one after the other: each has the machine for itself. */
export async function measureRows(): Promise<Aim[]> {
  const aims: Aim[] = [];
  for (const measure of ROWS) aims.push(...await measure());
  return aims;
}
