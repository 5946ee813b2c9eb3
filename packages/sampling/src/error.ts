import { CaiError } from "@cai/contracts";

/**
 * Logits or options that no token can be drawn from.
 *
 * `code`: `bad-input` for an option or a length, `not-finite` for NaN or infinite logits.
 */
export class SamplingError extends CaiError {
  static override readonly marker = Symbol.for("@cai/sampling");
}
