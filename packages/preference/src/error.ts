import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `shape-mismatch`, `bad-option`, `invalid-pairs`, `too-large`, `cannot-write`. */
export class PreferenceError extends CaiError {
  static override readonly marker = Symbol.for("@cai/preference");
}
