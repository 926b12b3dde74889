/**
 * Publication of a value (`membridge/value/value_segment.ts`): writers under the lock, readers without. A version is some cells of
 * memory, each written and read by a step of its own, so that torn copies are possible.
 */
import { Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "the reader does not look at oldest again",
  "the reader uses an entry without looking at oldest",
  "the bytes are written before oldest",
  "the version is stored before the entry",
  "the version is stored before the bytes",
  "the entry is written before oldest",
  "oldest forgets that entries are used again",
  "oldest forgets the overwritten bytes",
  "the writer takes no lock",
  "the new version may lie over the current one",
  "the old region is given back before oldest says so",
  "the new region is used before the file is longer",
] as const;

/** Lengths in cells: of the first region, and of each one that the file grows by. */
const REGION = 3, NEXT_REGION = 4;
const MAX_SETS = 5;

export const valueProtocol: Protocol = {
  name: "value publication",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const DEATHS = 1, CELLS = REGION + (DEATHS + 1) * NEXT_REGION;
    const m = new Model("value publication", DEATHS);
    const version = m.word("version"), oldest = m.word("oldest", 1);
    const regionOffset = m.word("regionOffset", 0), regionSize = m.word("regionSize", REGION);
    const entryCount = m.word("entryCount"), entries = m.words("entry", 2 * 3);
    // The cells hold the number of the attempt that wrote them; `fileCells` is the length of the file.
    const cells = m.words("cell", CELLS), fileCells = m.word("length of the file", REGION);
    const lock = m.lock("lock");
    // Notes: attempts so far, how many cells each writes, and which of them made each version.
    const attempts = m.word("attempts"), sizes = m.words("size of attempt", MAX_SETS + 1);
    const madeBy = m.words("made by", MAX_SETS + 1);
    const entryOf = (s: State, v: number) => entries + 2 * (v % s[entryCount]);

    const maker = m.actor("maker");
    m.program(maker, {
      make: (t) => {
        t.s[entryCount] = 2 + t.choose(2);
        return "done";
      },
      done: undefined,
    });

    const writers = ["first writer", "second writer"].map((name) => m.actor(name));
    for (const [which, writer] of writers.entries()) {
      const my = (name: string, initial = 0) => m.variable(writer, name, initial);
      const left = my("sets", which === 0 ? 2 : 1), attempt = my("attempt");
      const base = my("version"), place = my("place"), low = my("oldest"), at = my("cell");
      const oldOffset = my("old region"), oldSize = my("old region's size"), grown = my("grown");
      // What is only written under the lock is read by its holder as if it were private.
      const plan = (t: Turn): string | undefined => {
        const { s } = t;
        const v = s[base] = t.protected(version);
        s[attempt] = ++s[attempts];
        const need = s[sizes + s[attempt]] = 1 + t.choose(3);
        const offset = s[oldOffset] = t.protected(regionOffset);
        const size = s[oldSize] = t.protected(regionSize);
        const entry = (w: number) => [t.protected(entryOf(s, w)), t.protected(entryOf(s, w) + 1)];
        const current = v === 0 ? undefined : entry(v);
        const found = is("the new version may lie over the current one")
          ? (need <= size ? offset : undefined)
          : placeInRegion(offset, size, current, need);
        let old = Math.max(t.protected(oldest), v - s[entryCount] + 1);
        s[grown] = found === undefined ? 1 : 0;
        if (found !== undefined) {
          s[place] = found;
          for (let older = v; older >= old; older--) {
            const [where, length] = entry(older);
            if (older === 0 || is("oldest forgets the overwritten bytes")) continue;
            if (where < found + need && found < where + length) {
              old = older + 1;
              break;
            }
          }
        }
        if (!is("oldest forgets that entries are used again")) {
          old = Math.max(old, v + 2 - s[entryCount]);
        }
        s[low] = old;
        s[at] = 0;
        if (found !== undefined) return order[0];
        // What the model has no memory for is not set.
        return s[fileCells] + NEXT_REGION <= CELLS ? "reserve" : undefined;
      };
      const order = is("the bytes are written before oldest")
        ? ["write a cell", "store oldest", "write offset", "write size", "store version"]
        : is("the version is stored before the entry")
        ? ["store oldest", "write a cell", "store version", "write offset", "write size"]
        : is("the version is stored before the bytes")
        ? ["store oldest", "write offset", "write size", "store version", "write a cell"]
        : is("the entry is written before oldest")
        ? ["write offset", "write size", "store oldest", "write a cell", "store version"]
        : ["store oldest", "write a cell", "write offset", "write size", "store version"];
      const after = (step: string) => order[order.indexOf(step) + 1] ?? "settle";
      m.program(writer, {
        // SharedValue.set, ValueSegment.publish
        lock: (t) => {
          if (t.s[entryCount] === 0) return undefined;
          return is("the writer takes no lock") || t.tryLock(lock) ? "plan" : undefined;
        },
        plan,
        // #grow
        reserve: (t) => {
          t.s[place] = t.system((s) => {
            const end = s[fileCells];
            if (!is("the new region is used before the file is longer")) {
              s[fileCells] = end + NEXT_REGION;
            }
            return end;
          });
          return "write regionOffset";
        },
        "write regionOffset": (t) => {
          t.store(regionOffset, t.s[place]);
          return "write regionSize";
        },
        "write regionSize": (t) => {
          t.store(regionSize, NEXT_REGION);
          return order[0];
        },
        "store oldest": (t) => {
          t.store(oldest, t.s[low]);
          return after("store oldest");
        },
        "write a cell": (t) => {
          t.store(cells + t.s[place] + t.s[at], t.s[attempt]);
          return ++t.s[at] < t.s[sizes + t.s[attempt]] ? "write a cell" : after("write a cell");
        },
        "write offset": (t) => {
          t.store(entryOf(t.s, t.s[base] + 1), t.s[place]);
          return "write size";
        },
        "write size": (t) => {
          t.store(entryOf(t.s, t.s[base] + 1) + 1, t.s[sizes + t.s[attempt]]);
          return after("write size");
        },
        "store version": (t) => {
          t.store(version, t.s[base] + 1);
          t.s[madeBy + t.s[base] + 1] = t.s[attempt];
          return after("store version");
        },
        settle: (t) => {
          if (t.s[grown] === 0) return "unlock";
          return is("the old region is given back before oldest says so")
            ? "give the old region back"
            : "raise oldest";
        },
        "raise oldest": (t) => {
          t.store(oldest, t.s[base] + 1);
          return is("the old region is given back before oldest says so")
            ? "unlock"
            : "give the old region back";
        },
        "give the old region back": (t) => {
          const { s } = t;
          t.system(() => s.fill(0, cells + s[oldOffset], cells + s[oldOffset] + s[oldSize]));
          return is("the old region is given back before oldest says so")
            ? "raise oldest"
            : "unlock";
        },
        unlock: (t) => {
          if (!is("the writer takes no lock")) t.unlock(lock);
          for (const each of writer.variables) if (each !== left) t.s[each] = 0;
          return --t.s[left] > 0 ? "lock" : "done";
        },
        done: undefined,
      });
    }

    const reader = m.actor("reader");
    const my = (name: string, initial = 0) => m.variable(reader, name, initial);
    const reads = my("reads", large ? 2 : 1), seen = my("version"), offset = my("offset");
    const size = my("size"), at = my("cell"), copy = m.words("reader's copy", 3);
    const mapped = my("mapped cells", REGION), began = m.word("version when the read began");
    for (let i = 0; i < 3; i++) reader.variables.push(copy + i);
    const again = ({ s }: Turn) => {
      s[seen] =
        s[offset] =
        s[size] =
        s[at] =
          0;
      s.fill(0, copy, copy + 3);
      return "load version";
    };
    m.program(reader, {
      // ValueSegment.read
      begin: (t) => {
        if (t.s[entryCount] === 0) return undefined;
        t.s[began] = t.s[version];
        return "load version";
      },
      "load version": (t) => {
        t.s[seen] = t.load(version);
        t.claim(t.s[seen] >= t.s[began], "a version older than the current one is returned");
        return t.s[seen] === 0 ? "next" : "load offset";
      },
      "load offset": (t) => {
        t.s[offset] = t.load(entryOf(t.s, t.s[seen]));
        return "load size";
      },
      "load size": (t) => {
        t.s[size] = t.load(entryOf(t.s, t.s[seen]) + 1);
        return is("the reader uses an entry without looking at oldest") ? "check" : "load oldest";
      },
      "load oldest": (t) => t.load(oldest) > t.s[seen] ? again(t) : "check",
      check: (t) => {
        if (t.s[offset] + t.s[size] > t.s[mapped]) return "follow";
        return "copy a cell";
      },
      // #follow
      follow: (t) => {
        const length = t.system((s) => s[fileCells]);
        t.claim(t.s[offset] + t.s[size] <= length, "a reader finds the segment corrupt");
        t.s[mapped] = length;
        return again(t);
      },
      "copy a cell": (t) => {
        t.claim(t.s[size] > 0, "a reader finds an entry of no version");
        t.s[copy + t.s[at]] = t.load(cells + t.s[offset] + t.s[at]);
        if (++t.s[at] < t.s[size]) return "copy a cell";
        return is("the reader does not look at oldest again") ? "return" : "load oldest again";
      },
      "load oldest again": (t) => t.load(oldest) > t.s[seen] ? again(t) : "return",
      return: (t) => {
        const { s } = t;
        const made = s[madeBy + s[seen]];
        let whole = s[sizes + made] === s[size];
        for (let i = 0; i < s[size]; i++) if (s[copy + i] !== made) whole = false;
        t.claim(whole, "a torn value is returned");
        return "next";
      },
      next: (t) => {
        again(t);
        t.s[began] = 0;
        return --t.s[reads] > 0 ? "begin" : "done";
      },
      done: undefined,
    });
    m.dying((actor) => actor !== reader && actor !== maker);

    m.always("the current version is whole", (s) => {
      const v = s[version];
      if (v === 0) return true;
      const made = s[madeBy + v];
      const where = s[entryOf(s, v)], length = s[entryOf(s, v) + 1];
      if (s[oldest] > v || length !== s[sizes + made]) return false;
      for (let i = 0; i < length; i++) if (s[cells + where + i] !== made) return false;
      return true;
    });
    m.finally("every set of a living writer made a version", (s) => {
      // Each writer that lives has made its own; a dead one's last attempt may have failed.
      const died = writers.filter((writer) => !m.lives(s, writer)).length;
      return s[version] <= s[attempts] && s[version] >= s[attempts] - died;
    });
    return m;
  },
};

/** As in the code: behind the current version, else at the beginning, never over it. */
function placeInRegion(
  offset: number,
  size: number,
  current: readonly number[] | undefined,
  need: number,
): number | undefined {
  if (need > size) return undefined;
  if (current === undefined) return offset;
  const [where, length] = current;
  if (where < offset || where >= offset + size) return offset;
  if (where + length + need <= offset + size) return where + length;
  return offset + need <= where ? offset : undefined;
}
