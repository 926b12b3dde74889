/** What is measured of shared values, for `value_bench.ts` and the report. */
import { SharedValue } from "../membridge/mod.ts";
import { payloadValue } from "./payloads.ts";
import { difference } from "./same.ts";
import type { Subject } from "./measure.ts";

/** Things to time that carry the same value; the first is ours, the last the floor. */
export interface ValueGroup {
  /** What the subjects do. */
  readonly name: string;
  /** Ours first, the floor last. */
  readonly subjects: readonly Subject[];
}

const MEASURED: Readonly<Record<string, string>> = {
  small: "3-field record",
  medium: "12-field record",
  "64 KiB": "64 KiB bytes",
};

/** Shared values with something in them. Needs `--allow-ffi`. */
export class ValueStage implements Disposable {
  /** What to time. */
  readonly groups: readonly ValueGroup[];
  readonly #values: SharedValue[] = [];

  /** Makes the values, and checks that each comes back as it was set. */
  constructor() {
    const groups = Object.entries(MEASURED).flatMap(([size, payload]) =>
      this.#groupsOf(size, payloadValue(payload))
    );
    const [first] = this.#values;
    let counter = 0;
    groups.push({
      name: "version",
      subjects: [
        { name: "SharedValue.version", run: () => first.version },
        { name: "a plain variable (floor)", run: () => counter++ },
      ],
    });
    this.groups = groups;
  }

  #groupsOf(size: string, value: unknown): ValueGroup[] {
    const shared = SharedValue.open(`/bench-${Deno.pid}-${this.#values.length}`, { create: true });
    this.#values.push(shared);
    shared.set(value);
    const found = difference(shared.get(), value);
    if (found !== undefined) throw new Error(`SharedValue, ${size}: another value at ${found}`);
    let variable: unknown;
    const floors: Subject[] = [
      { name: "structuredClone", run: () => structuredClone(value) },
      { name: "a plain variable (floor)", run: () => variable = value },
    ];
    void variable;
    return [
      {
        name: `get ${size}`,
        subjects: [{ name: "SharedValue.get", run: () => shared.get() }, ...floors],
      },
      {
        name: `set ${size}`,
        subjects: [{ name: "SharedValue.set", run: () => shared.set(value) }, ...floors],
      },
    ];
  }

  /** Closes the values and removes them. */
  [Symbol.dispose](): void {
    for (const value of this.#values) {
      value.close();
      SharedValue.remove(value.name);
    }
  }
}
