import { CaiError } from "@cai/contracts";

/** Arrays whose lengths don't match, or an option out of range; `code` is `shape-mismatch` or `bad-input`. */
export class KlError extends CaiError {
  static override readonly marker = Symbol.for("@cai/kl");
}
