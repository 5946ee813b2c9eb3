import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `bad-option`, `shape-mismatch`, `bad-scores`, `cannot-write`. */
export class EvaluationError extends CaiError {
  static override readonly marker = Symbol.for("@cai/evaluation");
}
