import { webGpuOps } from "./webgpu-ops.ts";

/**
 * Logits of so many bytes are held at once, at most, and no more than a binding of WebGPU holds; those of further rows come after. Where their
 * gradient wants them, once more.
 *
 * @param options.isFrozen the output matrix wants no gradient: then they serve for a moment only
 */
export const mostLogitBytes = ({ isFrozen }: { readonly isFrozen: boolean }): number =>
  Math.min(isFrozen ? 32e6 : 256e6, webGpuOps()?.mostBytes ?? Number.POSITIVE_INFINITY);
