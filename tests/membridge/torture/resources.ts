/** What this process holds of the system's, read through libc: it has no permission to read files. */
import { listDirectory } from "../../../membridge/libc/directory.ts";
import { closeFile, openFile } from "../../../membridge/libc/files.ts";
import { O_RDONLY } from "../../../membridge/libc/constants.ts";
import { targetOf } from "../fixtures/attack.ts";
import type { Resources } from "./reports.ts";

const { symbols: c } = Deno.dlopen("libc.so.6", {
  /** `ssize_t read(int fd, void *buf, size_t count)` */
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
});

/** Returns all text of a file whose length the kernel does not tell. */
function readText(path: string): string {
  const fd = openFile(path, O_RDONLY);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  let text = "";
  try {
    for (;;) {
      const count = Number(c.read(fd, buffer, BigInt(buffer.length)));
      if (count < 0) throw new Error(`read of ${path} failed`);
      if (count === 0) return text;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  } finally {
    closeFile(fd);
  }
}

const SHARED = "/dev/shm/";

/** Measures this process. */
export function measure(): Resources {
  const entries = listDirectory("/proc/self/fd").filter((entry) => /^\d+$/.test(entry));
  const targets = entries.map((entry) => targetOf(`/proc/self/fd/${entry}`) ?? "");
  const maps = readText("/proc/self/maps").split("\n");
  const status = /^VmRSS:\s+(\d+) kB$/m.exec(readText("/proc/self/status"));
  return {
    descriptors: entries.length,
    sharedDescriptors: targets.filter((target) => target.startsWith(SHARED)).length,
    sharedMappings: maps.filter((line) => line.includes(SHARED)).length,
    rssBytes: 1024 * Number(status?.[1] ?? 0),
  };
}
