/** Python's own ways to call another process, timed by Python: `multiprocessing.Pipe`, and a proxy of a manager. */
import type { SelfTimed } from "../latency.ts";
import { LineChild } from "../line_child.ts";
import { obstacleTo } from "../obstacle.ts";

const SCRIPT = new URL("./python_peers.py", import.meta.url);

const PEERS = { "Python Pipe": "pipe", "Python Manager": "manager" };

/** The Python process that calls, and its peers. */
export class PythonPeers implements AsyncDisposable {
  /** The ways to call; none without Python. */
  readonly peers: readonly SelfTimed[];
  readonly #child: LineChild | undefined;

  private constructor(child: LineChild | undefined) {
    this.#child = child;
    this.peers = child === undefined ? [] : Object.entries(PEERS).map(([name, word]) => ({
      name,
      backToBack: (turnMs) => samplesFrom(child, `${word} back_to_back ${turnMs}`),
      afterSilence: (calls, silenceMs) =>
        samplesFrom(child, `${word} after_silence ${calls} ${silenceMs}`),
    }));
  }

  /** Starts Python, which checks what its calls return. Without one that may be run, a line on the console says so. */
  static async open(): Promise<PythonPeers> {
    const missing = obstacleTo("python3", ["--version"]);
    if (missing !== undefined) {
      console.log(`skipped: Python's multiprocessing: ${missing}`);
      return new PythonPeers(undefined);
    }
    const child = new LineChild("python3", [SCRIPT.pathname]);
    await child.readLine();
    return new PythonPeers(child);
  }

  /** Lets Python end without waiting for that. */
  end(): void {
    this.#child?.end();
  }

  /** Lets Python end, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
  }
}

async function samplesFrom(child: LineChild, order: string): Promise<number[]> {
  return JSON.parse(await child.ask(order));
}
