/** Runs all files of tests, each in Node as it is and, where that is not enough, in a completed one. */
import { isSkipped, type Outcome } from "./outcome.ts";
import { runInNode } from "./run.ts";

/** What came of a file. */
export interface FileResult {
  readonly path: string;
  /** Its tests in Node as it is. */
  readonly plain: readonly Outcome[];
  /** Its tests in Node with what it lacks; empty if nothing had to be skipped before. */
  readonly complete: readonly Outcome[];
}

/** How to run the files. */
export interface SuiteOptions {
  /** The folder that `build` has made. */
  readonly copy: URL;
  /** The modules that give Node what it lacks. */
  readonly additions: readonly string[];
}

/** A start of Node takes as long as most of the files do: these few share one. */
const FILES_PER_PROCESS = 4;

/** Runs the files, in a Node for each processor at a time, and returns the results in the same order. */
export async function runSuite(
  paths: readonly string[],
  options: SuiteOptions,
): Promise<FileResult[]> {
  const groups: (readonly string[])[] = [];
  for (let start = 0; start < paths.length; start += FILES_PER_PROCESS) {
    groups.push(paths.slice(start, start + FILES_PER_PROCESS));
  }
  const results: FileResult[][] = [];
  const turns = groups.entries();
  const lanes = Array.from({ length: navigator.hardwareConcurrency }, async () => {
    for (const [index, group] of turns) results[index] = await runGroup(group, options);
  });
  await Promise.all(lanes);
  return results.flat();
}

async function runGroup(
  paths: readonly string[],
  { copy, additions }: SuiteOptions,
): Promise<FileResult[]> {
  const plain = await runInNode(paths, { copy });
  const again = paths.filter((_path, index) => plain[index].some(isSkipped));
  const complete = again.length === 0 ? [] : await runInNode(again, { copy, preload: additions });
  return paths.map((path, index) => ({
    path,
    plain: plain[index],
    complete: complete[again.indexOf(path)] ?? [],
  }));
}
