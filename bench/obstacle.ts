/** What keeps a program of somebody else from being measured here. */

/**
 * Says why `command` cannot be run, `undefined` when it can: no permission, or it is not installed.
 *
 * Permissions are asked for first: where a terminal is attached, trying would stop the run with a prompt.
 */
export function obstacleTo(command: string, args: readonly string[]): string | undefined {
  if (Deno.permissions.querySync({ name: "run", command }).state !== "granted") {
    return "--allow-run is not given";
  }
  try {
    new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" }).outputSync();
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${command}`;
    throw error;
  }
}
