/**
 * The C functions that membridge calls, each parameter with its C declaration beside it.
 *
 * 64-bit sizes and offsets are passed as JavaScript numbers. A pointer that may be null is declared `usize` or `buffer`, never
 * `pointer`: optimised calls on aarch64 mishandle null there.
 */
export const SYMBOLS = {
  /** `int *__errno_location(void)`: the calling thread's errno. */
  __errno_location: { parameters: [], result: "pointer" },

  /** `int open(const char *path, int flags, mode_t mode)` */
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  /** `int close(int fd)` */
  close: { parameters: ["i32"], result: "i32" },
  /** `ssize_t read(int fd, void *buf, size_t count)` */
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  /** `ssize_t write(int fd, const void *buf, size_t count)` */
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  /** `int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *buf)` */
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  /** `int fchmod(int fd, mode_t mode)` */
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  /** `int posix_fallocate(int fd, off_t offset, off_t len)`: returns the error, leaves errno alone. */
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32" },
  /** `int fallocate(int fd, int mode, off_t offset, off_t len)` */
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  /** `int flock(int fd, int operation)` */
  flock: { parameters: ["i32", "i32"], result: "i32" },
  /** `int fcntl(int fd, int cmd, ...)`, here with a `struct flock *` */
  fcntl: { parameters: ["i32", "i32", "buffer"], result: "i32" },

  /** `int linkat(int olddirfd, const char *old, int newdirfd, const char *new, int flags)` */
  linkat: { parameters: ["i32", "buffer", "i32", "buffer", "i32"], result: "i32" },
  /** `int rename(const char *old, const char *new)` */
  rename: { parameters: ["buffer", "buffer"], result: "i32" },
  /** `int unlink(const char *path)` */
  unlink: { parameters: ["buffer"], result: "i32" },
  /** `int mkfifo(const char *path, mode_t mode)` */
  mkfifo: { parameters: ["buffer", "u32"], result: "i32" },

  /** `void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)` */
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  /** `int munmap(void *addr, size_t len)` */
  munmap: { parameters: ["pointer", "usize"], result: "i32" },

  /** `int poll(struct pollfd *fds, nfds_t count, int timeout)` */
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  /** `int sched_yield(void)` */
  sched_yield: { parameters: [], result: "i32" },
  /** `int usleep(useconds_t microseconds)` */
  usleep: { parameters: ["u32"], result: "i32" },
  /** `uid_t geteuid(void)` */
  geteuid: { parameters: [], result: "u32" },
  /** `pid_t getpid(void)` */
  getpid: { parameters: [], result: "i32" },
  /** `long syscall(long number, ...)`, here with up to three plain integers: gettid, tgkill, tkill. */
  syscall: { parameters: ["i64", "i64", "i64", "i64"], result: "i64" },
  /** `ssize_t getdents64(int fd, void *buf, size_t count)` */
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode SYMBOLS} as JavaScript calls them. */
export type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
