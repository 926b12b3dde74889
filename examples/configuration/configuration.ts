/** What the programs of this example share: the name, the type, and what holds before anything was published. See `reader.ts`. */
export const NAME = "/example.configuration";

export interface Configuration {
  level: string;
  workers: number;
}

export const DEFAULTS: Configuration = { level: "info", workers: 1 };
