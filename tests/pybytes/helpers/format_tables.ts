/** The tables of FORMAT.md, made from the tables in the code. Run as a program, it rewrites them in the document. */
import { ELEMENT_TYPES } from "../../../pybytes/wire/pack.ts";
import { SUBTYPE_TABLE, TAG_TABLE, type TagRow } from "../../../pybytes/wire/tag_table.ts";

/** Each table's name in the document's markers, and its lines. */
export const TABLES: Readonly<Record<string, readonly string[]>> = {
  tags: ["| Byte | Name | Type | Layout | Value | Example |", "|---|---|---|---|---|---|"].concat(
    TAG_TABLE.map(tagLine),
  ),
  subtypes: ["| Byte | Name | Type | Layout | Value | Example |", "|---|---|---|---|---|---|"]
    .concat(
      SUBTYPE_TABLE.map(tagLine),
    ),
  elements: ["| Type | Format | Bytes | Element |", "|---|---|---|---|"].concat(
    ELEMENT_TYPES.map(({ code, format, itemSizeBytes, meaning }) =>
      `| ${code} | ${format === null ? "" : `\`${format}\``} | ${
        itemSizeBytes || ""
      } | ${meaning} |`
    ),
  ),
};

function tagLine(row: TagRow): string {
  const { first, count, name, type, layout, meaning, hex, python, isReserved } = row;
  const last = count === 1 ? "" : `-${byte(first + count - 1)}`;
  const example = isReserved ? "" : `\`${hex}\`: \`${python}\``;
  const value = isReserved ? `**reserved**${meaning === "" ? "" : `: ${meaning}`}` : meaning;
  const cells = [byte(first) + last, name, type, layout === "" ? "" : `\`${layout}\``, value];
  return `| ${[...cells, example].join(" | ")} |`;
}

function byte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

/** The lines between a table's markers in the document; spacing does not count. */
export function tableIn(document: string, name: string): string[] {
  const [, rest] = document.split(`<!-- ${name} -->`);
  if (rest === undefined) throw new RangeError(`FORMAT.md has no table ${name}`);
  return rest.split(`<!-- end -->`)[0].split("\n").map(plain).filter((line) => line !== "");
}

/** A line of a table without its spacing; the dashes below the head are as long as one likes. */
export function plain(line: string): string {
  return line.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").replaceAll(/ ?\| ?/g, "|").trim();
}

if (import.meta.main) {
  const path = new URL("../../../pybytes/FORMAT.md", import.meta.url);
  let text = Deno.readTextFileSync(path);
  for (const [name, lines] of Object.entries(TABLES)) {
    const [before, rest] = text.split(`<!-- ${name} -->`);
    const end = rest.indexOf("<!-- end -->");
    text = `${before}<!-- ${name} -->\n\n${lines.join("\n")}\n\n${rest.slice(end)}`;
  }
  Deno.writeTextFileSync(path, text);
}
