/** Another process that is spoken to in lines of text. */
import { TextLineStream } from "../tests/helpers/lines.ts";

const CONFIG = new URL("../deno.json", import.meta.url);
const toUtf8 = new TextEncoder();

/** A child process; it is expected to end when its standard input does. */
export class LineChild implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #what: string;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts a program. */
  constructor(command: string, args: readonly string[]) {
    this.#what = [command, ...args].join(" ");
    this.#child = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  /** Starts a Deno program with these permissions only. */
  static deno(
    main: URL,
    args: readonly string[],
    permissions: readonly string[] = ["--allow-ffi"],
  ): LineChild {
    return new LineChild(Deno.execPath(), [
      "run",
      "--quiet",
      "--no-prompt",
      ...permissions,
      "--config",
      CONFIG.pathname,
      main.pathname,
      ...args,
    ]);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Returns the next line that it prints. */
  async readLine(): Promise<string> {
    const { done, value } = await this.#lines.read();
    if (done) throw new Error(`It ended before it had answered: ${this.#what}`);
    return value;
  }

  /** Gives it a line. */
  async send(line: string): Promise<void> {
    await this.#input.write(toUtf8.encode(`${line}\n`));
  }

  /** Gives it a line and returns the next that it prints. */
  async ask(line: string): Promise<string> {
    await this.send(line);
    return await this.readLine();
  }

  /** Waits until nobody can print any more, which is so when it has ended; what it still printed is passed over. */
  async outputEnd(): Promise<void> {
    while (!(await this.#lines.read()).done);
  }

  /** Kills it without a chance to tidy up. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Lets it end without waiting for that. */
  end(): void {
    // Where it is gone already there is nothing left to close.
    this.#input.close().catch(() => {});
  }

  /** Lets it end, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
