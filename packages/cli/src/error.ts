import { CaiError } from "@cai/contracts";

/** What this package throws. Codes: `usage` (wrong use or input, nothing was written), `interrupted`. */
export class CliError extends CaiError {
  static override readonly marker = Symbol.for("@cai/cli");
}
