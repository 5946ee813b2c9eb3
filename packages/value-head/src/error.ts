import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package on sizes that don't fit.
 *
 * Codes: `shape-mismatch`.
 */
export class ValueHeadError extends CaiError {
  static override readonly marker: symbol = Symbol.for("@cai/value-head");
}
