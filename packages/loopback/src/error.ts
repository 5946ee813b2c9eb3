import { CaiError } from "@cai/contracts";

/** Thrown by this package. `code`: `port` (taken, or not allowed). */
export class LoopbackError extends CaiError {
  static override readonly marker = Symbol.for("@cai/loopback");
}
