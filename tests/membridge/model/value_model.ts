/**
 * Publication of a value (`membridge/value/value_writer.ts`, `value_segment.ts`): writers under the lock, readers without. A version is
 * some cells of memory, each written and read by a step of its own, so that torn copies are possible.
 */
import { type Actor, Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "the reader does not look at oldest again",
  "the reader does not look at the offset again",
  "the reader looks at the offset again before it copies",
  "the reader uses an entry without looking at oldest",
  "the bytes are written before oldest",
  "the version is stored before the entry",
  "the version is stored before the bytes",
  "the entry is written before oldest",
  "oldest forgets that entries are used again",
  "oldest forgets the overwritten bytes",
  "the writer takes no lock",
  "the new version may lie over kept ones",
  "a version has its new place before its bytes have",
  "kept versions do not move",
  "the old regions are given back before oldest says so",
  "the old regions are given back before the version is stored",
  "the new region is used before the file is longer",
] as const;

/** Lengths in cells: of the first region, of each one that the file grows by, of the longest version. */
const REGION = 3, NEXT_REGION = 5, LONGEST = 2;
const MAX_SETS = 5;

export const valueProtocol: Protocol = {
  name: "value publication",
  mutations: MUTATIONS,
  minimumStates: 300_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const deep = is("the reader uses an entry without looking at oldest");
    const DEATHS = deep ? 0 : 1, CELLS = REGION + 2 * NEXT_REGION;
    const m = new Model("value publication", DEATHS);
    const version = m.word("version"), oldest = m.word("oldest", 1);
    const regionOffset = m.word("regionOffset", 0), regionSize = m.word("regionSize", REGION);
    const history = m.word("history"), entryCount = m.word("entryCount");
    const entries = m.words("entry", 2 * 4);
    // The cells hold the number of the attempt that wrote them; `fileCells` is the length of the file.
    const cells = m.words("cell", CELLS), fileCells = m.word("length of the file", REGION);
    const lock = m.lock("lock");
    // Notes: attempts so far, how many cells each writes, and which of them made each version.
    const attempts = m.word("attempts"), sizes = m.words("size of attempt", MAX_SETS + 1);
    const madeBy = m.words("made by", MAX_SETS + 1);
    const entryOf = (s: State, v: number) => entries + 2 * (v % s[entryCount]);

    const maker = m.actor("maker");
    m.program(maker, {
      // One entry more than versions that are kept is the least that works.
      make: (t) => {
        const choice = t.choose(3);
        t.s[history] = 1 + (choice & 1);
        t.s[entryCount] = t.s[history] + 1 + (choice >> 1);
        return "done";
      },
      done: undefined,
    });

    const writers = ["first writer", "second writer"].map((name) => m.actor(name));
    for (const [which, writer] of writers.entries()) {
      const my = (name: string, initial = 0) => m.variable(writer, name, initial);
      const left = my("sets", which === 0 || large || deep ? 2 : 1), attempt = my("attempt");
      const base = my("version"), place = my("place"), low = my("oldest"), at = my("cell");
      const start = my("region"), grown = my("grown"), moving = my("version that moves");
      // What is only written under the lock is read by its holder as if it were private.
      const entry = (t: Turn, v: number): Entry => ({
        offset: t.protected(entryOf(t.s, v)),
        size: t.protected(entryOf(t.s, v) + 1),
      });
      const plan = (t: Turn): string | undefined => {
        const { s } = t;
        const v = s[base] = t.protected(version), next = v + 1;
        s[attempt] = ++s[attempts];
        const room = s[sizes + s[attempt]] = 1 + t.choose(LONGEST);
        s[start] = t.protected(regionOffset);
        const reused = is("oldest forgets that entries are used again");
        let old = Math.max(t.protected(oldest), reused ? 1 : next - s[entryCount] + 1);
        const kept = Math.max(old, next - s[history]);
        const found = findPlace(
          {
            version: v,
            oldest: old,
            start: s[start],
            end: s[start] + t.protected(regionSize),
            room,
          },
          (each) => entry(t, each),
        );
        if (found !== undefined && !is("oldest forgets the overwritten bytes")) old = found.oldest;
        const over = is("the new version may lie over kept ones");
        const fits = found !== undefined && (over || found.oldest <= kept);
        s[low] = fits ? old : kept;
        s[grown] = fits ? 0 : 1;
        s[moving] = Math.max(kept, next - s[history] + 1);
        s[at] = 0;
        if (fits) {
          s[place] = found.place;
          return order[0];
        }
        // What the model has no memory for is not set.
        return s[fileCells] + NEXT_REGION <= CELLS ? "reserve" : undefined;
      };
      const order = orderOf(mutation);
      const after = (step: string) => order[order.indexOf(step) + 1] ?? "settle";
      const nextMove = (t: Turn) => {
        const done = t.s[moving] > t.s[base] || is("kept versions do not move");
        if (!done) {
          return is("a version has its new place before its bytes have")
            ? "move offset"
            : "move a cell";
        }
        return is("the old regions are given back before the version is stored")
          ? "give the old regions back"
          : order[0];
      };
      m.program(writer, {
        // SharedValue.set, ValueWriter.publish
        lock: (t) => {
          if (t.s[history] === 0) return undefined;
          return is("the writer takes no lock") || t.tryLock(lock) ? "plan" : undefined;
        },
        plan,
        // #grow
        reserve: (t) => {
          t.s[start] = t.s[place] = t.system((s) => {
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
          return nextMove(t);
        },
        "move a cell": (t) => {
          const { s } = t;
          const { offset, size } = entry(t, s[moving]);
          const early = is("a version has its new place before its bytes have");
          t.store(cells + s[place] + s[at], t.protected(cells + (early ? 0 : offset) + s[at]));
          if (++s[at] < size) return "move a cell";
          if (!early) return "move offset";
          s[place] += size;
          s[at] = 0;
          s[moving]++;
          return nextMove(t);
        },
        "move offset": (t) => {
          const { s } = t;
          t.store(entryOf(s, s[moving]), s[place]);
          s[at] = 0;
          if (is("a version has its new place before its bytes have")) return "move a cell";
          s[place] += entry(t, s[moving]++).size;
          return nextMove(t);
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
        // #giveBack
        settle: (t) => {
          if (
            t.s[grown] === 0 || is("the old regions are given back before the version is stored")
          ) {
            return "unlock";
          }
          return is("the old regions are given back before oldest says so")
            ? "give the old regions back"
            : "raise oldest";
        },
        "raise oldest": (t) => {
          t.store(oldest, Math.max(t.s[low], t.s[base] + 2 - t.s[history]));
          return is("the old regions are given back before oldest says so")
            ? "unlock"
            : "give the old regions back";
        },
        "give the old regions back": (t) => {
          t.system((s) => s.fill(0, cells, cells + s[start]));
          if (is("the old regions are given back before oldest says so")) return "raise oldest";
          return is("the old regions are given back before the version is stored")
            ? order[0]
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
    const size = my("size"), at = my("cell"), copy = m.words("reader's copy", LONGEST);
    const mapped = my("mapped cells", REGION), began = m.word("version when the read began");
    const past = my("reads a past version");
    const again = ({ s }: Turn, then: string) => {
      s[offset] = s[size] = s[at] = 0;
      s.fill(0, copy, copy + LONGEST);
      return then;
    };
    // A past version that is not whole any more is left out; the current one is tried again, by the newer number.
    const giveUp = (t: Turn) => again(t, t.s[past] === 1 ? "next" : "load version");
    m.program(reader, {
      // ValueSegment.read, and of the history
      begin: (t) => {
        if (t.s[history] === 0) return undefined;
        t.s[began] = t.s[version];
        t.s[past] = t.choose(2);
        return "load version";
      },
      "load version": (t) => {
        const now = t.load(version);
        t.claim(now >= t.s[began], "a version older than the current one is returned");
        t.s[seen] = Math.max(0, now - t.s[past]);
        return t.s[seen] === 0 ? "next" : "load offset";
      },
      // copy
      "load offset": (t) => {
        t.s[offset] = t.load(entryOf(t.s, t.s[seen]));
        return "load size";
      },
      "load size": (t) => {
        t.s[size] = t.load(entryOf(t.s, t.s[seen]) + 1);
        return is("the reader uses an entry without looking at oldest") ? "check" : "load oldest";
      },
      "load oldest": (t) => t.load(oldest) > t.s[seen] ? giveUp(t) : "check",
      check: (t) => {
        if (t.s[offset] + t.s[size] > t.s[mapped]) return "follow";
        return is("the reader looks at the offset again before it copies")
          ? "load offset again"
          : "copy a cell";
      },
      follow: (t) => {
        const length = t.system((s) => s[fileCells]);
        t.claim(t.s[offset] + t.s[size] <= length, "a reader finds the segment corrupt");
        t.s[mapped] = length;
        return again(t, "load offset");
      },
      "copy a cell": (t) => {
        t.claim(t.s[size] > 0, "a reader finds an entry of no version");
        t.s[copy + t.s[at]] = t.load(cells + t.s[offset] + t.s[at]);
        if (++t.s[at] < t.s[size]) return "copy a cell";
        return is("the reader does not look at oldest again")
          ? "load offset again"
          : "load oldest again";
      },
      "load oldest again": (t) => {
        if (t.load(oldest) > t.s[seen]) return giveUp(t);
        const looked = is("the reader does not look at the offset again") ||
          is("the reader looks at the offset again before it copies");
        return looked ? "return" : "load offset again";
      },
      "load offset again": (t) => {
        if (t.load(entryOf(t.s, t.s[seen])) !== t.s[offset]) return again(t, "load offset");
        return is("the reader looks at the offset again before it copies")
          ? "copy a cell"
          : "return";
      },
      return: (t) => {
        const { s } = t;
        const made = s[madeBy + s[seen]];
        let whole = s[sizes + made] === s[size];
        for (let i = 0; i < s[size]; i++) if (s[copy + i] !== made) whole = false;
        t.claim(whole, "a torn value is returned");
        return "next";
      },
      next: (t) => {
        again(t, "");
        t.s[began] = t.s[seen] = t.s[past] = 0;
        return --t.s[reads] > 0 ? "begin" : "done";
      },
      done: undefined,
    });
    m.dying((actor: Actor) => writers.includes(actor));

    m.always("the versions that are kept are whole", (s) => {
      for (let v = Math.max(1, s[version] + 1 - s[history]); v <= s[version]; v++) {
        const made = s[madeBy + v];
        const where = s[entryOf(s, v)], length = s[entryOf(s, v) + 1];
        if (s[oldest] > v || length !== s[sizes + made]) return false;
        for (let i = 0; i < length; i++) if (s[cells + where + i] !== made) return false;
      }
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

/** The steps of a publication, in the order of LAYOUT.md or in another one. */
function orderOf(mutation: string | undefined): string[] {
  const bytes = "write a cell", entry = ["write offset", "write size"];
  switch (mutation) {
    case "the bytes are written before oldest":
      return [bytes, "store oldest", ...entry, "store version"];
    case "the version is stored before the entry":
      return ["store oldest", bytes, "store version", ...entry];
    case "the version is stored before the bytes":
      return ["store oldest", ...entry, "store version", bytes];
    case "the entry is written before oldest":
      return [...entry, "store oldest", bytes, "store version"];
    default:
      return ["store oldest", bytes, ...entry, "store version"];
  }
}

interface Entry {
  readonly offset: number;
  readonly size: number;
}

/** As the code's `#findPlace`: behind the current version, else at the region's beginning; and what `oldest` becomes by that. */
function findPlace(
  { version, oldest, start, end, room }: {
    version: number;
    oldest: number;
    start: number;
    end: number;
    room: number;
  },
  entryOf: (version: number) => Entry,
): { place: number; oldest: number } | undefined {
  let after = start;
  if (version >= oldest) {
    const { offset, size } = entryOf(version);
    if (offset < start || offset >= end) return undefined;
    after = offset + size;
  }
  const wraps = after + room > end;
  const place = wraps ? start : after;
  if (place + room > end) return undefined;
  for (; oldest <= version; oldest++) {
    const { offset } = entryOf(oldest);
    const passed = offset < start || offset >= end || (wraps && offset >= after) ||
      (offset >= place && offset < place + room);
    if (!passed) break;
  }
  return { place, oldest };
}
