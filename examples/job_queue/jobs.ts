/** What the programs of this example share. See `submit.ts`. */

/** The queue of jobs: each goes to one worker, and to another one if that dies. */
export const JOBS = "/example.jobs";
/** The queue of their results. */
export const RESULTS = "/example.results";

export interface Job {
  id: number;
  text: string;
}

export interface Result {
  id: number;
  length: number;
  pid: number;
}
