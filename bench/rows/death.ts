/** Row: how long after the death of the serving process its waiting callers are told. */
import { connect, NoSuchServiceError } from "../../membridge/mod.ts";
import { LineChild } from "../line_child.ts";
import { quantile } from "../measure.ts";
import type { Aim } from "../report/aims.ts";
import { formatNs } from "../report/table.ts";
import { freshName, startService } from "./service.ts";

const MAIN = new URL("./death_main.ts", import.meta.url);
const PROCESSES = 4;
const CLIENTS_PER_PROCESS = 25;
const CALLERS = PROCESSES * CLIENTS_PER_PROCESS;
const KILLS = 20;

/** How long after a kill somebody knew of it, in milliseconds. */
interface Delays {
  /** The callers. */
  readonly callersMs: readonly number[];
  /** Who reads from a pipe of the killed process: the kernel closes that when it has taken the process apart. */
  readonly pipeMs: number;
}

/** Kills a service that all callers wait for. */
async function killOnce(processes: readonly LineChild[]): Promise<Delays> {
  const name = freshName("death");
  await using service = await startService(name);
  const answers = processes.map((child) => child.ask(name));
  for (let waiting = 0; waiting < CALLERS; waiting++) await service.readLine();
  const start = performance.now();
  service.kill();
  await service.outputEnd();
  const pipeMs = performance.now() - start;
  const seen: number[] = (await Promise.all(answers)).flatMap((line) => JSON.parse(line));
  if (seen.length !== CALLERS) throw new Error(`${seen.length} of ${CALLERS} callers were told`);
  removeName(name);
  const killedAt = performance.timeOrigin + start;
  return { callersMs: seen.map((at) => at - killedAt), pipeMs };
}

/** Has the name of a dead service removed: the next who calls it does that. */
function removeName(name: string): void {
  using client = connect(name);
  try {
    client.callSync("add", 20, 1);
  } catch (error) {
    if (error instanceof NoSuchServiceError) return;
    throw error;
  }
  throw new Error("A killed service answers");
}

/** Kills services one after the other. */
export async function measureDeath(): Promise<Aim[]> {
  await using stack = new AsyncDisposableStack();
  const processes = Array.from(
    { length: PROCESSES },
    () => stack.use(LineChild.deno(MAIN, [String(CLIENTS_PER_PROCESS)])),
  );
  const delays: Delays[] = [];
  for (let kill = 0; kill < KILLS; kill++) delays.push(await killOnce(processes));
  const callersMs = delays.flatMap((kill) => kill.callersMs);
  const pipesMs = delays.map(({ pipeMs }) => pipeMs);
  const format = (samplesMs: readonly number[], fraction: number) =>
    formatNs(quantile(samplesMs, fraction) * 1e6);
  return [{
    what: `owner killed, ${CALLERS} callers in ${PROCESSES} processes told: p99`,
    sense: "at most",
    goal: 20e6,
    unit: "ns",
    measured: quantile(callersMs, 0.99) * 1e6,
    note: `p50 ${format(callersMs, 0.5)}; a reader of the killed process's pipe: ` +
      `p50 ${format(pipesMs, 0.5)}, worst of ${KILLS} kills ${format(pipesMs, 1)}`,
  }];
}
