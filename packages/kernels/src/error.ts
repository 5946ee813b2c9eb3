import { CaiError } from "@cai/contracts";

/**
 * Thrown by this package on shapes, types or ids that don't fit.
 *
 * Codes: `shape-mismatch`, `bad-dtype`, `id-out-of-range`, `bad-option`, `replacing`, `unrecorded`, `nested`, `no-gradient`, `disposed`, `no-webgpu`.
 */
export class KernelError extends CaiError {
  static override readonly marker: symbol = Symbol.for("@cai/kernels");
}
