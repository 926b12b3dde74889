/** Linux constants by their C names (`fcntl.h`, `sys/mman.h`, ...); the values are those shared by x86-64 and arm64 except where named. */

/** The architecture whose numbers differ; `false` outside Deno, where nothing here is ever used. */
export const ARM64 = globalThis.Deno?.build.arch === "aarch64";

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
/** `O_NOFOLLOW`, `O_DIRECTORY` and `O_TMPFILE` trade places between x86-64 and arm64. */
export const O_NOFOLLOW = ARM64 ? 0o100000 : 0o400000;
export const O_DIRECTORY = ARM64 ? 0o40000 : 0o200000;
export const O_TMPFILE = 0o20000000 | O_DIRECTORY;

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_EMPTY_PATH = 0x1000;
export const STATX_BTIME = 0x800;
/** `STATX_BASIC_STATS | STATX_BTIME` */
export const STATX_STATS = 0x7ff | STATX_BTIME;

export const S_IFMT = 0o170000;
export const S_IFREG = 0o100000;
export const S_IFIFO = 0o010000;

export const F_OFD_SETLK = 37;
export const F_WRLCK = 1;
export const F_UNLCK = 2;

export const LOCK_SH = 1;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const LOCK_UN = 8;

export const POLLIN = 1;
export const POLLERR = 8;
export const POLLHUP = 16;

export const SYS_gettid = ARM64 ? 178n : 186n;
export const SYS_tgkill = ARM64 ? 131n : 234n;
export const SYS_tkill = ARM64 ? 130n : 200n;

export const ENOENT = 2;
export const ESRCH = 3;
export const EINTR = 4;
export const ENXIO = 6;
export const EAGAIN = 11;
export const EEXIST = 17;
export const EPIPE = 32;

/** Names of the errno values that the calls made here can end with. */
export const ERRNO_NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  5: "EIO",
  6: "ENXIO",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  18: "EXDEV",
  20: "ENOTDIR",
  21: "EISDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  32: "EPIPE",
  36: "ENAMETOOLONG",
  38: "ENOSYS",
  40: "ELOOP",
  95: "EOPNOTSUPP",
  122: "EDQUOT",
};
