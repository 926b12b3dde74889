/**
 * The kernel lock of a segment (`membridge/segment/kernel_lock.ts`): `flock` on the file of the present epoch, moved to the next one's
 * file when its holder is gone. The first actor is a Worker: when it is terminated its process lives on, and so its `flock`s stay.
 */
import { type Actor, DEAD, Model, type Protocol, type State, type Turn } from "./model.ts";

const MUTATIONS = [
  "who got the lock does not look at the epoch again",
  "who got the lock looks at the epoch before the holder",
  "who got the lock signs over a dead holder",
  "the rescuer does not look at the holder again",
  "the rescuer does not take the next file's lock",
  "the rescuer does not ask whether the holder is gone",
  "the epoch is stored before the signature",
  "the signature is cleared after the lock was given up",
  "thread and start time are two words",
  "the past epoch's file stays",
] as const;

/** Where a terminated Worker keeps a lock for good, as LAYOUT.md says: it has one that no signature speaks of. */
const UNSIGNED = [
  "look at the holder",
  "load epoch again",
  "sign start",
  "sign",
  "unlock",
  "next: look at the epoch again",
  "next: look at the holder again",
  "next: look at the start again",
  "next: sign start",
  "next: sign",
  "next: store epoch",
  "next: forget its file",
  "over: unlink the next file",
];

export const lockProtocol: Protocol = {
  name: "kernel lock",
  mutations: MUTATIONS,
  minimumStates: 100_000,
  build(mutation, large = false) {
    const is = (name: typeof MUTATIONS[number]) => mutation === name;
    const split = is("thread and start time are two words");
    const rounds = large ? [2, 2, 2] : [1, 2, 2];
    const m = new Model("kernel lock", large ? 3 : 2);
    const epoch = m.word("epoch"), tid = m.word("holder"), start = m.word("holder's start");
    // The inodes of lock files and who has `flock` on each; 0 is the segment itself. `names[n]` is the inode of `.lockN`, or 0.
    const FILES = 6;
    const names = m.words("name of .lock", FILES), made = m.word("inodes made");
    const files = Array.from({ length: FILES }, (_, i) => m.lock(`flock of inode ${i}`));
    const actors = ["worker", "second", "third"].map((name) => m.actor(name));

    for (const [me, actor] of actors.entries()) {
      const my = (name: string, initial = 0) => m.variable(actor, name, initial);
      const left = my("rounds", rounds[me]), myEpoch = my("epoch"), file = my("file");
      const judged = my("judged epoch"), judgedTid = my("judged holder");
      const judgedStart = my("judged start"), next = my("next file"), has = my("has the past lock");
      const forget = ({ s }: Turn) => {
        for (const each of [judged, judgedTid, judgedStart, next, has]) s[each] = 0;
      };
      m.program(actor, {
        // tryAcquire
        "load epoch": (t) => {
          const now = t.load(epoch);
          if (now === t.s[myEpoch]) return "flock";
          t.s[judged] = now;
          return "follow";
        },
        follow: (t) => {
          // A file that has no name any more is a past epoch's: `load epoch again` finds out.
          t.system((s) => s[file] = s[names + s[judged]]);
          t.s[myEpoch] = t.s[judged];
          forget(t);
          return "flock";
        },
        flock: (t) => {
          if (!t.tryLock(files[t.s[file]])) return "busy";
          return is("who got the lock looks at the epoch before the holder")
            ? "load epoch again"
            : "look at the holder";
        },
        "look at the holder": (t) => {
          t.s[judgedTid] = t.load(tid);
          if (!is("who got the lock looks at the epoch before the holder")) {
            return "load epoch again";
          }
          t.s[judged] = t.s[myEpoch];
          t.s[has] = 1;
          return t.s[judgedTid] === 0 ? "sign start" : "next: open its file";
        },
        "load epoch again": (t) => {
          const moved = t.load(epoch) !== t.s[myEpoch];
          if (moved && !is("who got the lock does not look at the epoch again")) {
            return "unlock the wrong file";
          }
          if (is("who got the lock looks at the epoch before the holder")) {
            return "look at the holder";
          }
          if (t.s[judgedTid] === 0 || is("who got the lock signs over a dead holder")) {
            return "sign start";
          }
          // It died holding the lock, and somebody may be about to move the lock because of that.
          t.s[has] = 1;
          t.s[judged] = t.s[myEpoch];
          return split ? "judge its start" : "next: open its file";
        },
        "unlock the wrong file": (t) => {
          t.unlock(files[t.s[file]]);
          forget(t);
          return "load epoch";
        },
        "judge its start": (t) => {
          t.s[judgedStart] = t.load(start);
          return "next: open its file";
        },
        "sign start": (t) => {
          if (split) t.store(start, me + 1);
          return "sign";
        },
        sign: (t) => {
          t.store(tid, me + 1);
          forget(t);
          return "inside";
        },
        inside: () => "clear",
        // release
        clear: (t) => {
          if (is("the signature is cleared after the lock was given up")) return "unlock";
          t.store(tid, 0);
          return "unlock";
        },
        unlock: (t) => {
          t.unlock(files[t.s[file]]);
          return is("the signature is cleared after the lock was given up")
            ? "clear late"
            : "again";
        },
        "clear late": (t) => {
          t.store(tid, 0);
          return "again";
        },
        again: (t) => --t.s[left] > 0 ? "load epoch" : "done",
        // waitForLock
        busy: (t) => t.choose(2) === 0 ? "load epoch" : "judge epoch",
        // rescue
        "judge epoch": (t) => {
          t.s[judged] = t.load(epoch);
          return "judge holder";
        },
        "judge holder": (t) => {
          t.s[judgedTid] = t.load(tid);
          return t.s[judgedTid] === 0 ? "give up" : split ? "judge start" : "ask";
        },
        "judge start": (t) => {
          t.s[judgedStart] = t.load(start);
          return "ask";
        },
        ask: (t) => {
          if (is("the rescuer does not ask whether the holder is gone")) {
            return "next: open its file";
          }
          const holder = t.s[judgedTid];
          const gone = t.system((s) => s[actors[holder - 1].pc] === DEAD) ||
            (split && t.s[judgedStart] !== holder);
          return gone ? "next: open its file" : "give up";
        },
        "give up": (t) => {
          forget(t);
          return "load epoch";
        },
        // #moveOn: for a rescuer, and for who got the lock of a dead holder
        "next: open its file": (t) => {
          t.s[next] = t.system((s) => s[names + s[judged] + 1]);
          return t.s[next] === 0 ? "next: make its file" : "next: lock its file";
        },
        "next: make its file": (t) => {
          const done = t.system((s) => {
            if (s[names + s[judged] + 1] !== 0) return false;
            s[next] = s[names + s[judged] + 1] = ++s[made];
            return true;
          });
          t.claim(t.s[made] < FILES - 1, "the model has too few files");
          return done ? "next: lock its file" : "next: open its file";
        },
        "next: lock its file": (t) => {
          if (is("the rescuer does not take the next file's lock")) {
            return "next: look at the epoch again";
          }
          return t.tryLock(files[t.s[next]])
            ? "next: look at the epoch again"
            : "next: unlink a past file";
        },
        "next: look at the epoch again": (t) => {
          return t.load(epoch) === t.s[judged]
            ? "next: look at the holder again"
            : "next: forget its file";
        },
        "next: look at the holder again": (t) => {
          if (is("the rescuer does not look at the holder again")) return "next: sign start";
          if (t.load(tid) !== t.s[judgedTid]) return "next: forget its file";
          return split ? "next: look at the start again" : "next: sign start";
        },
        "next: look at the start again": (t) =>
          t.load(start) === t.s[judgedStart] ? "next: sign start" : "next: forget its file",
        "next: sign start": (t) => {
          if (split) t.store(start, me + 1);
          return is("the epoch is stored before the signature")
            ? "next: store epoch"
            : "next: sign";
        },
        "next: sign": (t) => {
          t.store(tid, me + 1);
          if (t.s[has] === 1) return "over: unlink the next file";
          return is("the epoch is stored before the signature")
            ? "adopt the next file"
            : "next: store epoch";
        },
        "next: store epoch": (t) => {
          t.store(epoch, t.s[judged] + 1);
          return is("the epoch is stored before the signature")
            ? "next: sign"
            : "adopt the next file";
        },
        "adopt the next file": (t) => {
          t.s[file] = t.s[next];
          t.s[myEpoch] = t.s[judged] + 1;
          return "unlink the past file";
        },
        "unlink the past file": (t) => {
          if (!is("the past epoch's file stays")) t.system((s) => s[names + s[judged]] = 0);
          forget(t);
          return "inside";
        },
        // For who has the past file's lock as well: it stays where it is.
        "over: unlink the next file": (t) => {
          t.system((s) => s[names + s[judged] + 1] = 0);
          return "over: close the next file";
        },
        "over: close the next file": (t) => {
          t.unlock(files[t.s[next]]);
          forget(t);
          return "inside";
        },
        "next: forget its file": (t) => {
          t.unlock(files[t.s[next]]);
          return "next: unlink a past file";
        },
        "next: unlink a past file": (t) => {
          const now = t.load(epoch);
          return now === t.s[judged] || now === t.s[judged] + 1
            ? "unlock and wait"
            : "next: unlink it";
        },
        "next: unlink it": (t) => {
          t.system((s) => s[names + s[judged] + 1] = 0);
          return "unlock and wait";
        },
        "unlock and wait": (t) => {
          if (t.s[has] === 1) t.unlock(files[t.s[file]]);
          forget(t);
          return "load epoch";
        },
        done: undefined,
      });
    }

    // Who dies between the two leaves the past epoch's file.
    const stray = m.word("a past file was left");
    const note = (s: State, actor: Actor) => {
      if (m.isAt(s, actor, "adopt the next file", "unlink the past file", "next: unlink it")) {
        s[stray] = 1;
      }
    };
    m.deaths.push({
      name: "is terminated, its process lives on",
      effect: note,
      when: (s: State, actor: Actor) => actor === actors[0] && !m.isAt(s, actor, ...UNSIGNED),
    });
    // The process of a terminated Worker lives on, or ends at any time later: then the kernel gives its locks back.
    const host = m.actor("worker's process");
    m.program(host, {
      decide: (t) => t.choose(2) === 0 ? "lives on" : "may end",
      "may end": (t) => {
        if (m.lives(t.s, actors[0]) || files.every((each) => t.s[each] !== 1)) return undefined;
        t.system((s) => files.forEach((each) => s[each] === 1 && (s[each] = 0)));
        return "ended";
      },
      ended: undefined,
      "lives on": undefined,
    });
    m.mayRest(host, "may end");
    m.dying((actor) => actor !== host, note);

    m.always(
      "two have the lock",
      (s) =>
        actors.filter((actor) => m.isAt(s, actor, "inside", "unlink the past file")).length < 2,
    );
    m.finally("a past epoch's file has a name", (s) => {
      for (let n = 1; n < s[epoch]; n++) if (s[names + n] !== 0 && s[stray] === 0) return false;
      return true;
    });
    return m;
  },
};
