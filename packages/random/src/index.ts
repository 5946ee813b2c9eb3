export type { Draw, Draws } from "./blocks.ts";
export { RandomError } from "./error.ts";
export { normal, normals } from "./normal.ts";
export { permutation } from "./permutation.ts";
export { uniform, uniforms } from "./uniform.ts";
