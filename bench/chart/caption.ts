/** The sentences below the chart: what was measured, with what, and on which machine. */
import type { Machine } from "../report/machine.ts";

/** Parts of {@linkcode Machine.versions} that say nothing about speed here. */
const UNNAMED = ["typescript", "python", "deno", "v8"];

/** Returns the text in lines of at most `columns` characters, broken between words. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function measuredOn({ cpu, logicalCpus, os, versions, commit, date }: Machine): string {
  return `${cpu}, ${logicalCpus} logical CPUs, ${os}, Deno ${versions.deno} (V8 ${versions.v8}),` +
    ` commit ${commit ?? "unknown"}, ${date.slice(0, 10)}.`;
}

/** Returns the paragraphs below the comparison of serializers. */
export function captionOf(machine: Machine): string[] {
  const peers = Object.entries(machine.versions)
    .filter(([name]) => !UNNAMED.includes(name))
    .map(([name, version]) => `${name} ${version}`);
  return [
    "Median ratio of times, interleaved in one process: the best peer of each case, named beside the bar, against" +
    ` pybytes. Peers: ${peers.join(", ")}, each in its best configuration, JSON and node:v8.`,
    "* Not every peer carries it, or not without texts in the place of its types; the first mean leaves these out." +
    ' pybytes decodes the bytes with zeroCopy, as a view like most peers, and the Dates with dates: "date".',
    measuredOn(machine),
  ];
}

/** Returns the paragraphs below the plots of calls. */
export function plotCaptionOf(machine: Machine): string[] {
  return [
    "Each caller has one call of add(20, 1) at a time; the calls of all callers together, median of the turns, the" +
    " points in turns within each round. Left: all processes call at once, and share the processors with the service;" +
    " the Unix socket carries the same calls as JSON. Right: one process calls another, which has so many services.",
    measuredOn(machine),
  ];
}
