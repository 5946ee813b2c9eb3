import type { Shader, ShaderTensors } from "./webgpu-ops.ts";

/** A shader whole: its bindings in the order reads, writes, numbers, and the entry `main` around its body. */
export function shaderCode(
  { declarations = "", body, threads, halves = false }: Shader,
  { reads, writes, numbers }: ShaderTensors,
): string {
  const declare = (tensors: ShaderTensors["reads"], access: string, first: number) =>
    Object.entries(tensors).map(
      ([name, { dtype }], index) =>
        `@group(0) @binding(${first + index}) var<storage, ${access}> ${name}: array<${dtype === "int32" ? "i32" : "f32"}>;`,
    );
  const count = Object.keys(reads).length;
  const fields = Object.entries(numbers).map(([name, number]) => `${name}: ${"f32" in number ? "f32" : "u32"},`);
  return [
    ...(halves ? ["enable f16;"] : []),
    ...declare(reads, "read", 0),
    ...declare(writes, "read_write", count),
    `struct Given { ${fields.join(" ")} }`,
    `@group(0) @binding(${count + Object.keys(writes).length}) var<uniform> given: Given;`,
    declarations,
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) at: vec3<u32>, @builtin(num_workgroups) all: vec3<u32>, @builtin(local_invocation_index) thread: u32) {",
    "let group = at.y * all.x + at.x;",
    body,
    "}",
  ].join("\n");
}
