import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package on arrays and options that don't fit.
 *
 * Codes: `shape-mismatch`, `bad-option`.
 */
export class PpoLossError extends CaiError {
  static override readonly marker: symbol = Symbol.for("@cai/ppo-loss");
}
