import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `invalid-option`, `non-finite`, `beyond-limit`, `checkpoint-mismatch`, `no-reference`; of run folders
 * `no-run`, `no-checkpoint`, `options-changed`, `locked`, `cannot-lock`, `cannot-write`; of states `invalid-state`.
 */
export class TrainingError extends CaiError {
  static override readonly marker = Symbol.for("@cai/training");
}
