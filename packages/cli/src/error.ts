import { CaiError } from "@cai/contracts";

/**
 * What this package throws. Codes: `usage` (wrong use or input, nothing was written), `interrupted` (its cause is the
 * signal), `stray` (something that is no part of the work would have ended the process).
 */
export class CliError extends CaiError {
  static override readonly marker = Symbol.for("@cai/cli");
}
