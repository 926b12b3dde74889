/** Calls a second against the number of processes and of services, as tables. */
import { measureClients } from "../scaling/clients.ts";
import type { Series } from "../scaling/series.ts";
import { measureServices } from "../scaling/services.ts";
import { formatCount, formatRatio, markdownTable } from "./table.ts";

/** A plot: lines over the same counts. */
export interface Plot {
  /** What there is more and more of. */
  readonly counted: string;
  /** The lines. */
  readonly series: readonly Series[];
}

/** Measures both plots. */
export async function measureScaling(): Promise<Plot[]> {
  return [
    { counted: "client processes of one service", series: await measureClients() },
    { counted: "services in one process", series: await measureServices() },
  ];
}

/** Returns a plot's table; the ratios compare with the first row. */
export function scalingTable({ counted, series }: Plot): string {
  const header = series.flatMap(({ name }) => [`${name}: calls/s`, "/ first"]);
  const rows = series[0].points.map(({ count }, row) => [
    String(count),
    ...series.flatMap(({ points }) => [
      formatCount(points[row].callsPerSecond),
      formatRatio(points[row].callsPerSecond / points[0].callsPerSecond),
    ]),
  ]);
  return markdownTable([counted, ...header], rows);
}
