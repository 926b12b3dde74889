/** Looks for a Node that can run the tests. */

/** The `node` on the path. */
export interface Node {
  /** As in `v20.6.0`. */
  readonly version: string;
  readonly hasTemporal: boolean;
}

/** The first that takes module hooks from `module.register`. */
const OLDEST = [20, 6] as const;

/** Returns the `node` on the path, or why it cannot be used. */
export async function findNode(): Promise<Node | string> {
  const { state } = await Deno.permissions.query({ name: "run", command: "node" });
  if (state !== "granted") return "it needs --allow-run";
  const args = ["--print", "[process.version, typeof Temporal, typeof Deno].join()"];
  const answer = await new Deno.Command("node", { args }).output().catch(() => null);
  const printed = new TextDecoder().decode(answer?.stdout);
  const [version, temporal, deno] = printed.trim().split(",");
  // Where there is no Node, Deno runs itself in its place.
  if (answer === null || deno !== "undefined") return "there is no node on the path";
  const [major, minor] = version.slice(1).split(".").map(Number);
  const isNew = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (!isNew) return `node ${version} is older than v${OLDEST.join(".")}`;
  return { version, hasTemporal: temporal !== "undefined" };
}
