/** What the figures were measured on. */
import { peerVersions } from "../peers.ts";

/** The machine, the runtime and the source. */
export interface Machine {
  /** When, in ISO 8601. */
  readonly date: string;
  /** The processor's name. */
  readonly cpu: string;
  /** How many threads run at once. */
  readonly logicalCpus: number;
  /** Operating system and kernel. */
  readonly os: string;
  /** Main memory. */
  readonly memoryBytes: number;
  /** How many processes wanted a processor before the run, over the last minute: what more than 0 there was disturbed it. */
  readonly loadAverage: number;
  /** Of the runtime, its parts, the installed peers and Python. */
  readonly versions: Readonly<Record<string, string>>;
  /** The commit of the source, `-dirty` where files differ from it; `null` outside a repository. */
  readonly commit: string | null;
}

function cpuModel(): string {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    return /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? Deno.build.arch;
  } catch {
    // Not on Linux.
    return Deno.build.arch;
  }
}

function commit(): string | null {
  const args = ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"];
  try {
    const { success, stdout } = new Deno.Command("git", {
      args,
      cwd: new URL("../..", import.meta.url),
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function pythonVersion(): Record<string, string> {
  try {
    const { stdout } = new Deno.Command("python3", { args: ["--version"] }).outputSync();
    return { python: new TextDecoder().decode(stdout).replace("Python", "").trim() };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Asks the machine; needs every permission. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    cpu: cpuModel(),
    logicalCpus: navigator.hardwareConcurrency,
    os: `${Deno.build.os} ${Deno.osRelease()}`,
    memoryBytes: Deno.systemMemoryInfo().total,
    loadAverage: Deno.loadavg()[0],
    versions: { ...Deno.version, ...peerVersions(), ...pythonVersion() },
    commit: commit(),
  };
}
