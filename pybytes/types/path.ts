import { stringText } from "./literal_text.ts";
import { PurePath } from "./pure_path.ts";
import { reprText } from "./repr.ts";

/**
 * Holds a Python `pathlib.Path`: a {@linkcode PurePath} that in Python can also touch files.
 *
 * @example Text in, text out
 * ```ts
 * import { Path } from "@sysframe/sysframe/pybytes";
 * import { assertEquals } from "@std/assert/equals";
 *
 * assertEquals(`${new Path("/etc/hosts")}`, "/etc/hosts");
 * ```
 */
export class Path extends PurePath {
  /** @internal */
  override [reprText](): string {
    const name = this.flavour === "windows" ? "WindowsPath" : "PosixPath";
    return `${name}(${stringText(this.text.replaceAll("\\", "/"))})`;
  }
}
