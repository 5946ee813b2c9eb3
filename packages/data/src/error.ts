import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `bad-row`, `bad-file`, `cannot-read`, `cannot-write`. */
export class DataError extends CaiError {
  static override readonly marker = Symbol.for("@cai/data");
}
