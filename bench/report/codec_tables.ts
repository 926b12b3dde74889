/** The serializers' times as tables: the ratios that count, then everybody's median. */
import { OURS } from "../contenders.ts";
import { FLOOR } from "../lineup.ts";
import { type Against, type CodecResult, meanRatios, type Rival } from "./codecs.ts";
import { formatNs, formatRatio, markdownTable } from "./table.ts";

/** The opponents that each direction is judged against, with the titles of their columns. */
const COLUMNS: Readonly<
  Record<CodecResult["direction"], Readonly<Partial<Record<Against, string>>>>
> = {
  decode: { best: "best peer" },
  encode: { bestJavaScript: "best peer in JavaScript", bestNative: "best native encoder" },
};

function formatRival(rival: Rival | undefined): string {
  return rival === undefined ? "-" : `${formatRatio(rival.ratio)} ${rival.name}`;
}

/**
 * Returns a row per value with its ratio to the best peer (for encoding: to the best of either engine), then the
 * geometric means. Above 1x, pybytes is the faster.
 */
export function ratioTable(results: readonly CodecResult[]): string {
  const [{ direction }] = results;
  const columns = Object.entries(COLUMNS[direction]) as [Against, string][];
  const rows = results.map((result) => [
    result.carriedByAll ? result.payload : `${result.payload} *`,
    ...columns.map(([against]) => formatRival(result[against])),
  ]);
  const means = columns.map(([against]) => meanRatios(results, against));
  const meanRows = [...new Set(means.flatMap(Object.keys))].map((name) => [
    `geometric mean, ${name}`,
    ...means.map((mean) => name in mean ? formatRatio(mean[name]) : "-"),
  ]);
  return markdownTable(
    [`${direction}, against the`, ...columns.map(([, title]) => title)],
    [...rows, ...meanRows],
  );
}

/** Returns the medians of one direction; `-` where a contender cannot carry the value, `t` where it carries texts. */
export function timeTable(results: readonly CodecResult[]): string {
  const contenders = [...new Set(results.flatMap(({ medianNs }) => Object.keys(medianNs)))]
    .filter((name) => name !== OURS && name !== FLOOR);
  const columns = [OURS, ...contenders, FLOOR];
  const rows = results.map(({ payload, medianNs, asTexts }) => [
    payload,
    ...columns.map((name) =>
      name in medianNs ? `${formatNs(medianNs[name])}${asTexts.includes(name) ? " t" : ""}` : "-"
    ),
  ]);
  return markdownTable([`${results[0].direction}, median`, ...columns], rows);
}
