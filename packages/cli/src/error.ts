import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `usage` (wrong use or input, nothing was written), `interrupted` (its cause is the
 * signal), `stray` (something that is no part of the work would have ended the process), `differs` (a run that was made again came out
 * otherwise), `locked` and `cannot-lock` (of an output that another process writes to, or that can't be written).
 */
export class CliError extends CaiError {
  static override readonly marker = Symbol.for("@cai/cli");
}
