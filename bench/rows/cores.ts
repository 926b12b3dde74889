/** On which cores processes run: by themselves where the kernel puts them. */
import { obstacleTo } from "../obstacle.ts";

/** Returns the cores on which this process may run, from a list such as `0-3,8`. */
export function allowedCores(): number[] {
  const status = Deno.readTextFileSync("/proc/self/status");
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)!;
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Says why processes cannot be put on cores of their own, `undefined` when they can. */
export function obstacleToPinning(): string | undefined {
  return allowedCores().length < 2 ? "there is one core" : obstacleTo("taskset", ["--version"]);
}

/** Lets a process, with all its threads, run on these cores only. */
export async function pin(pid: number, cores: readonly number[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("taskset", {
    args: ["--all-tasks", "--cpu-list", "--pid", cores.join(","), String(pid)],
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
