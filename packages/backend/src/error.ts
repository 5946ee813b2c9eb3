import { CaiError } from "@cai/contracts";

/**
 * What @cai/backend throws. Codes: `unavailable` when the backend asked for by name cannot be had (its cause is one of `missing` where installing
 * would help), `device` for what went wrong on a WebGPU device, told by the next read, `install-failed` from the command `cai backend install`.
 */
export class BackendError extends CaiError {
  static override readonly marker = Symbol.for("@cai/backend");
}
