import { DistributedError } from "./error.ts";

/** Of an object in a store. A command of Redis or a request of so many bytes keeps no other waiting for long. */
export const mostObjectBytes = 8 * 2 ** 20;

/** What a learner that was killed leaves behind goes after so long. A learner that lives puts what is older than half of it again. */
export const objectLifetimeSeconds = 24 * 3600;

/**
 * Where a learner leaves weights for its workers, as objects of 1 to `mostObjectBytes` bytes. Each is named by the SHA-256 of what it holds, so
 * whoever reads proves what was read.
 *
 * Names are checked before they come here: a run's is 16 hexadecimal digits, an object's 64. Nothing else ever becomes a key, a path or an address.
 */
export interface WeightStore {
  /** Keeps bytes; they may be in use elsewhere afterwards. Putting an object again makes it last longer. */
  put(run: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined where it is not there, or not any more. Rejects where it is larger than `mostObjectBytes`. */
  get(run: string, name: string): Promise<Uint8Array | undefined>;
  /** Lets objects go; those that are not there do no harm. */
  drop(run: string, names: readonly string[]): Promise<void>;
  /** Lets all of a run go. */
  removeRun(run: string): Promise<void>;
}

/** @throws DistributedError `too-large` */
export function refuseLargeObject(name: string, bytes: number): void {
  if (bytes <= mostObjectBytes) return;
  throw new DistributedError("too-large", `published weights: ${name} has more than ${mostObjectBytes} bytes`);
}
