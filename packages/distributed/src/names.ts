import { createHash } from "node:crypto";

/** What stands before every key in Redis. */
export const prefix = "cai";

/** A SHA-256, hexadecimal: all that a job may name of weights. */
export const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** A run's name in keys and file names. */
export const isRunId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{16}$/.test(value);

/** The key that is there as long as the learner lives; everything else of the run stands below it. */
export const runKey = (run: string): string => `${prefix}:run:${run}`;

/** Where a learner whose jobs take the newest weights tells which these are. */
export const newestKey = (run: string): string => `${runKey(run)}:newest`;

/** Where a worker leaves the answer to a job. */
export const resultKey = (run: string, job: string): string => `${runKey(run)}:result:${job}`;

/** Where a worker tells of itself. */
export const workerKey = (id: string): string => `${prefix}:worker:${id}`;

export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a job's data are in BullMQ: the run that asks, and the payload. */
export interface JobData {
  readonly run: string;
  readonly payload: string;
}
