import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `bad-option`, `shape-mismatch`, `bad-scores`. */
export class EvaluationError extends CaiError {
  static override readonly marker = Symbol.for("@cai/evaluation");
}
