import { CaiError } from "@cai/contracts";

/** What @cai/backend throws: code `unavailable` when the backend asked for by name cannot be had; its cause says `missing` where installing would help. */
export class BackendError extends CaiError {
  static override readonly marker = Symbol.for("@cai/backend");
}
