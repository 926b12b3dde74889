/** Listing a directory through libc, so that it needs no `--allow-read`. */
import { O_DIRECTORY, O_RDONLY } from "./constants.ts";
import { closeFile, openFile } from "./files.ts";
import { check, libc } from "./libc.ts";

/**
 * Returns the names in a directory.
 *
 * Layout of `struct linux_dirent64`: `ino:u64  off:i64  reclen:u16  type:u8  name:char[]`.
 */
export function listDirectory(path: string): string[] {
  const fd = openFile(path, O_RDONLY | O_DIRECTORY);
  const buffer = new Uint8Array(32768);
  const view = new DataView(buffer.buffer);
  const text = new TextDecoder();
  const names: string[] = [];
  try {
    for (;;) {
      const filled = check(
        Number(libc().getdents64(fd, buffer, BigInt(buffer.length))),
        "getdents64",
        path,
      );
      if (filled === 0) return names;
      for (let entry = 0; entry < filled; entry += view.getUint16(entry + 16, true)) {
        const end = buffer.indexOf(0, entry + 19);
        names.push(text.decode(buffer.subarray(entry + 19, end)));
      }
    }
  } finally {
    closeFile(fd);
  }
}
