/** What is done to the actors: killed, stopped for a while, asked to end. */
import type { Random } from "../../helpers/random.ts";
import type { ActorProcess } from "./actor_process.ts";

/** Who has worked for so long is as likely to be struck as any other. */
const PRIME_MS = 1500;

/** The blows of one run. */
export class Strikes {
  readonly #random: Random;
  readonly #onKill: (victim: ActorProcess) => void;
  readonly #stopped = new Map<ActorProcess, ReturnType<typeof setTimeout>>();
  kills = 0;
  stops = 0;
  ends = 0;

  /** @param onKill Is told of each one that is killed. */
  constructor(random: Random, onKill: (victim: ActorProcess) => void) {
    this.#random = random;
    this.#onKill = onKill;
  }

  /** Does something to one of `actors`: seldom to one that has not begun, and sooner or later to each other one. */
  strike(actors: readonly ActorProcess[]): void {
    const random = this.#random;
    const ready = actors.filter((actor) =>
      !actor.killed && !actor.asked && !actor.stopped &&
      (actor.workedMs > random.below(PRIME_MS) || random.below(20) === 0)
    );
    if (ready.length === 0) return;
    const victim = ready[random.below(ready.length)];
    const chance = random.below(100);
    if (chance < 55) this.kill(victim);
    else if (chance < 85) this.#stop(victim);
    else {
      this.ends++;
      victim.end();
    }
  }

  /** Kills an actor. */
  kill(victim: ActorProcess): void {
    this.kills++;
    this.#onKill(victim);
    victim.kill();
  }

  // Not for ever: it goes on, or dies while it is stopped.
  #stop(victim: ActorProcess): void {
    this.stops++;
    victim.stop();
    const durationMs = this.#random.below(this.#random.below(3) === 0 ? 2000 : 300);
    const dies = this.#random.below(5) === 0;
    const timer = setTimeout(() => {
      this.#stopped.delete(victim);
      if (dies && !victim.killed) this.kill(victim);
      else victim.goOn();
    }, durationMs);
    this.#stopped.set(victim, timer);
  }

  /** Lets all that are stopped go on. */
  relent(): void {
    for (const [actor, timer] of this.#stopped) {
      clearTimeout(timer);
      actor.goOn();
    }
    this.#stopped.clear();
  }
}
