import { CaiError } from "@cai/contracts";

/** A seed, stream, counter or length that no draw can be made from; `code` is `bad-input`. */
export class RandomError extends CaiError {
  static override readonly marker = Symbol.for("@cai/random");
}
