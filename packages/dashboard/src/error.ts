import { CaiError } from "@cai/contracts";

/** Thrown by this package. Codes: `no-folder` (there is none of that name, or it can't be read), `port` (taken, or not allowed). */
export class DashboardError extends CaiError {
  static override readonly marker = Symbol.for("@cai/dashboard");
}
