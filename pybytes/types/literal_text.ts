const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/**
 * Writes a string as Python's `repr` does: single quotes unless that needs more escapes, `\x`,
 * `\u` or `\U` for whatever Python does not call printable.
 */
export function stringText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (/^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/.test(text)) return `${quote}${text}${quote}`;
  const body = text.replace(/[\\'\t\n\r]|[^\x20-\x7e]/gu, (found) => {
    if (found === "\\") return "\\\\";
    if (found === "'") return quote === "'" ? "\\'" : found;
    return ESCAPES[found] ?? (isPrintable(found) ? found : escapeCode(found));
  });
  return `${quote}${body}${quote}`;
}

/** Writes bytes as Python's `repr` does: `b'a\x00'`. */
export function bytesText(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const pieces: string[] = [];
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    const char = String.fromCharCode(byte);
    if (byte === 0x5c || char === quote) pieces.push(`\\${char}`);
    else if (byte >= 0x20 && byte < 0x7f) pieces.push(char);
    else pieces.push(ESCAPES[char] ?? `\\x${byte.toString(16).padStart(2, "0")}`);
  }
  return `b${quote}${pieces.join("")}${quote}`;
}

function isPrintable(char: string): boolean {
  return !/[\p{C}\p{Z}]/u.test(char);
}

function escapeCode(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${hex.padStart(4, "0")}`;
  return `\\U${hex.padStart(8, "0")}`;
}
