import { CaiError } from "@cai/contracts";

/** What this package throws. Codes: `run-exists`, `metric-name`, `bad-sample`, `bad-draws`, `cannot-write`. */
export class RunLogError extends CaiError {
  static override readonly marker = Symbol.for("@cai/run-log");
}
