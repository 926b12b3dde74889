/** What the kernel knows about a process: `/proc/PID/status`, of all its threads. */

/** The figures of a process at one moment. */
export interface ProcessFigures {
  /** How many threads it has. */
  readonly threads: number;
  /** How often one of its threads has gone to sleep and was woken. */
  readonly wakeUps: number;
  /** Main memory that it occupies, shared memory included. */
  readonly rssBytes: number;
  /** The part of that which is shared memory. */
  readonly sharedBytes: number;
}

function field(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status);
  if (found === null) throw new Error(`/proc has no ${name}`);
  return Number(found[1]);
}

/** Reads a process's figures. */
export function figuresOf(pid: number): ProcessFigures {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`)
  );
  return {
    threads: threads.length,
    wakeUps: threads.reduce((sum, text) => sum + field(text, "voluntary_ctxt_switches"), 0),
    rssBytes: 1024 * field(status, "VmRSS"),
    sharedBytes: 1024 * field(status, "RssShmem"),
  };
}
