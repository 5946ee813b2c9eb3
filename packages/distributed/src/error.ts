import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `bad-option`; `no-redis` (none answers at the address); `no-worker` (none that fits came within the patience);
 * `bad-payload` (a job, a result or published weights are not what they must be); `too-large`; `other-weights` (a worker's policy is not the
 * learner's); `missing-weights`; `bad-record` (of a run that is made again); `poisoned` (a job failed at every try, and is kept); `disposed`.
 */
export class DistributedError extends CaiError {
  static override readonly marker = Symbol.for("@cai/distributed");
}
