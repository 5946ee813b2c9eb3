import { CaiError } from "@cai/contracts";

/** Arrays whose lengths don't match, or a discount out of range; `code` is `shape-mismatch` or `bad-input`. */
export class GaeError extends CaiError {
  static override readonly marker = Symbol.for("@cai/gae");
}
