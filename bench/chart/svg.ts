/** Writes SVG elements as text. */

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Returns text that may stand in an element or an attribute. */
function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

function tag(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    // A tenth of a pixel is as fine as anybody sees.
    const short = typeof value === "number" ? String(Math.round(value * 10) / 10) : value;
    return ` ${key}="${escape(short)}"`;
  });
  return `${name}${written.join("")}`;
}

/** Returns an element without content. */
export function shape(name: string, attributes: Readonly<Record<string, string | number>>): string {
  return `<${tag(name, attributes)} />`;
}

/** Returns an element with text in it. */
export function text(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: string,
): string {
  return `<${tag(name, attributes)}>${escape(content)}</${name}>`;
}

/** Returns an element with others, or with a style sheet, in it. */
export function group(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  return `<${tag(name, attributes)}>\n${content.join("\n")}\n</${name}>`;
}
