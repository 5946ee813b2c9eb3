import type { Shader } from "./webgpu-ops.ts";

/**
 * A shader that is put together from its numbers once. Where its call is marked as pure (`@__PURE__`), it is not in the bundles of those who don't use it,
 * which a text with numbers in it would be.
 */
export const shaderOf = (make: () => Shader): Shader => make();
