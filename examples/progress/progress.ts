/** What the programs of this example share. See `task.ts`. */
export const NAME = "/example.progress";

export interface Progress {
  step: string;
  percent: number;
}
