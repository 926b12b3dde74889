/** What the chart shows, taken from the results of a run. */
import { type CodecResult, type Direction, meanRatios, type Rival } from "../report/codecs.ts";
import type { Results } from "../report/results.ts";

/** A line of the chart: a case with the ratio to its best peer, each way. */
export interface Row {
  /** The case. */
  readonly label: string;
  /** Rows of one section stand together. */
  readonly section: string;
  /** pybytes against the best peer; a mean has no name. */
  readonly ratios: Readonly<Record<Direction, Rival>>;
}

/** The serializers' part of a run. */
type Codecs = NonNullable<Results["codecs"]>;

/** The mean that the goals are about. */
const SHARED = "carried by all";

function meanRow(label: string, name: string, { decode, encode }: Codecs): Row {
  const mean = (results: readonly CodecResult[]) => ({
    name: "",
    ratio: meanRatios(results, "best")[name],
  });
  return { label, section: "mean", ratios: { decode: mean(decode), encode: mean(encode) } };
}

/**
 * Returns a row for each case in the order of the report, then the geometric means.
 *
 * @throws {Error} if a case was timed only one way
 */
export function rowsOf(codecs: Codecs): Row[] {
  const encoded = new Map(codecs.encode.map((result) => [result.payload, result]));
  const cases = codecs.decode.map((decoded): Row => {
    const other = encoded.get(decoded.payload);
    if (other === undefined) throw new Error(`${decoded.payload} was decoded, but not encoded`);
    return {
      label: decoded.carriedByAll ? decoded.payload : `${decoded.payload} *`,
      section: decoded.kind,
      ratios: { decode: decoded.best, encode: other.best },
    };
  });
  const shared = codecs.decode.filter(({ carriedByAll }) => carriedByAll).length;
  return [
    ...cases,
    meanRow(`geometric mean of ${shared}`, SHARED, codecs),
    meanRow(`of all ${cases.length}`, "all", codecs),
  ];
}
