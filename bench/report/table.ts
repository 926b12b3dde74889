/** Tables and figures as text. */

/** Returns a Markdown table, padded so that it reads as plain text too; all columns but the first are figures. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
      ).join(" | ")
    } |`;
  const rule = `| ${
    widths.map((width, column) => column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)
      .join(" | ")
  } |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** Returns a time in the unit that gives it two to four digits, as in `38 ns`, `1.24 µs`, `310 µs`. */
export function formatNs(timeNs: number): string {
  if (timeNs < 1000) return `${digits(timeNs)} ns`;
  if (timeNs < 1e6) return `${digits(timeNs / 1e3)} µs`;
  return `${digits(timeNs / 1e6)} ms`;
}

/** Returns a ratio with two decimals, or one where it is large. */
export function formatRatio(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)}x`;
}

/** Returns a number with a comma before each three digits. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** Returns a size in the largest binary unit that leaves at least 1, as in `640 bytes`, `5.21 KiB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${Math.round(sizeBytes)} bytes`;
  if (sizeBytes < 1024 ** 2) return `${digits(sizeBytes / 1024)} KiB`;
  if (sizeBytes < 1024 ** 3) return `${digits(sizeBytes / 1024 ** 2)} MiB`;
  return `${digits(sizeBytes / 1024 ** 3)} GiB`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
