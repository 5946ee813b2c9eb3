import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package on options, gradients or moments that don't fit.
 *
 * Codes: `bad-option`, `missing-gradient`, `shape-mismatch`, `bad-moments`, `wrong-backend`, `disposed`.
 */
export class OptimError extends CaiError {
  static override readonly marker: symbol = Symbol.for("@cai/optim");
}
