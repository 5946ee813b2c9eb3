import { CaiError } from "@cai/contracts";

/** Thrown by @cai/demo. Codes: `unknown-split`. */
export class DemoError extends CaiError {
  static override readonly marker = Symbol.for("@cai/demo");
}
