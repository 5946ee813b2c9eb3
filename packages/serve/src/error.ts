import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package. Codes: `port` (taken, or not allowed). Requests are refused with codes of their own, in the answer: see `RequestError`.
 */
export class ServeError extends CaiError {
  static override readonly marker = Symbol.for("@cai/serve");
}
