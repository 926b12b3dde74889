import { stringText } from "./literal_text.ts";
import { reprText } from "./repr.ts";

/** Whose rules a path follows. */
export type PathFlavour = "posix" | "windows";

/**
 * Holds a Python `pathlib.PurePath`: the text of a path and whose rules it follows.
 *
 * Frozen; touches no file system. The text is kept as it is.
 *
 * @example Parts, as Python splits them
 * ```ts
 * import { PurePath } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(new PurePath("/usr//lib/./x.tar.gz").parts, ["/", "usr", "lib", "x.tar.gz"]);
 * assertEquals(new PurePath("c:\\a", "windows").parts, ["c:\\", "a"]);
 * ```
 */
export class PurePath {
  /** The path as text. */
  readonly text: string;
  /** Whose rules it follows. */
  readonly flavour: PathFlavour;

  /**
   * Makes a path.
   *
   * @throws {TypeError} if the text is not a string
   * @throws {RangeError} if the flavour is unknown
   */
  constructor(text: string, flavour: PathFlavour = "posix") {
    if (typeof text !== "string") {
      throw new TypeError(`Cannot make a path: expected a string, found ${typeof text}`);
    }
    if (flavour !== "posix" && flavour !== "windows") {
      throw new RangeError(
        `Cannot make a path: expected flavour "posix" or "windows", found ${
          JSON.stringify(flavour)
        }`,
      );
    }
    this.text = text;
    this.flavour = flavour;
    Object.freeze(this);
  }

  /** The drive and root (if any) as one part, and the names below it. */
  get parts(): string[] {
    const { anchor, rest } = this.flavour === "windows" ? windows(this.text) : posix(this.text);
    const names = rest.split(this.flavour === "windows" ? "\\" : "/")
      .filter((name) => name !== "" && name !== ".");
    return anchor === "" ? names : [anchor, ...names];
  }

  /** The last name; empty where there is only a root. */
  get name(): string {
    const { anchor } = this.flavour === "windows" ? windows(this.text) : posix(this.text);
    const parts = this.parts;
    return parts.length > (anchor === "" ? 0 : 1) ? parts[parts.length - 1] : "";
  }

  /** The ending of the name with its dot: `".gz"`; empty if there is none. */
  get suffix(): string {
    const name = this.name;
    const dot = name.lastIndexOf(".");
    return dot > 0 && dot < name.length - 1 ? name.slice(dot) : "";
  }

  /** The name without its suffix. */
  get stem(): string {
    const { name, suffix } = this;
    return name.slice(0, name.length - suffix.length);
  }

  /** Tells whether `other` is of the same class, flavour and text. */
  equals(other: unknown): boolean {
    return other instanceof PurePath && other.constructor === this.constructor &&
      this.text === other.text && this.flavour === other.flavour;
  }

  /** Returns the text. */
  toString(): string {
    return this.text;
  }

  /** Returns the text. */
  toJSON(): string {
    return this.text;
  }

  /** @internal */
  [reprText](): string {
    const name = this.flavour === "windows" ? "PureWindowsPath" : "PurePosixPath";
    return `${name}(${stringText(this.text.replaceAll("\\", "/"))})`;
  }
}

function posix(text: string): { anchor: string; rest: string } {
  // POSIX lets a system read exactly two leading slashes in its own way.
  const slashes = /^\/*/.exec(text)?.[0].length ?? 0;
  return { anchor: slashes === 0 ? "" : slashes === 2 ? "//" : "/", rest: text.slice(slashes) };
}

function windows(text: string): { anchor: string; rest: string } {
  const path = text.replaceAll("/", "\\");
  const share = /^\\\\[^\\]+\\[^\\]+/.exec(path)?.[0];
  if (share !== undefined) return { anchor: `${share}\\`, rest: path.slice(share.length) };
  const drive = /^[^\\]:/.exec(path)?.[0] ?? "";
  const rest = path.slice(drive.length);
  return { anchor: rest.startsWith("\\") ? `${drive}\\` : drive, rest };
}
