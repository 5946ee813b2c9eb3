import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `invalid-option`, `non-finite`, `checkpoint-mismatch`, `no-reference`. */
export class TrainingError extends CaiError {
  static override readonly marker = Symbol.for("@cai/training");
}
