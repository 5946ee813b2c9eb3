import { CaiError } from "@cai/contracts";

/** What this package throws. Codes: `broken`, `state-not-json`, `file-name`, `unknown-file`, `cannot-write`, `cannot-read`. */
export class CheckpointError extends CaiError {
  static override readonly marker = Symbol.for("@cai/checkpoint");
}
