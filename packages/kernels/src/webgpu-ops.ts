import * as tf from "@tensorflow/tfjs-core";

/** A shader of ours. Tensors are bound under their names as `array<f32>` or `array<i32>`, `numbers` as fields of `given`. */
interface Shader {
  /** Of its pipeline: a shader is compiled once. */
  readonly key: string;
  /** Functions and constants that `body` uses. */
  readonly declarations?: string;
  /**
   * What a group of `threads` does, with `group: u32`, the number of the group, and `thread: u32`, that of the thread in it. The last groups
   * may be more than were asked for: they must find nothing to do.
   */
  readonly body: string;
  readonly threads: number;
}

/** What a shader is run on. */
interface ShaderRun {
  readonly reads: Readonly<Record<string, tf.Tensor>>;
  /** Written, and read too where the shader does: no other tensor may share their memory ({@link WebGpuOps.isShared}). */
  readonly writes: Readonly<Record<string, tf.Tensor>>;
  readonly numbers: Readonly<Record<string, { readonly f32: number } | { readonly u32: number }>>;
  readonly groups: number;
}

/** The door to WebGPU behind tfjs's backend for it. */
export interface WebGpuOps {
  /** Bytes that one binding of a shader can hold. */
  readonly mostBytes: number;
  /** A tensor with memory of its own that holds anything. Belongs to the caller, or the surrounding tidy. */
  empty(shape: readonly number[], dtype?: "float32" | "int32"): tf.Tensor;
  run(shader: Shader, run: ShaderRun): void;
  /** Whether another tensor has the same memory. */
  isShared(tensor: tf.Tensor): boolean;
  /** The same numbers to the bit, in memory of its own. */
  copy(tensor: tf.Tensor): tf.Tensor;
}

interface TensorData {
  readonly dtype: "float32" | "int32";
  readonly resource?: object | null;
  values?: ArrayLike<number> | null;
}

interface Pipeline {
  getBindGroupLayout(group: number): object;
}

/** The part of tfjs's WebGPU backend that is used here. */
interface Backend {
  readonly device: {
    readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxComputeWorkgroupsPerDimension: number };
    createShaderModule(options: { code: string; label: string }): object;
    createComputePipeline(options: { compute: { module: object; entryPoint: string }; layout: "auto"; label: string }): Pipeline;
    createBindGroup(options: { layout: object; entries: { binding: number; resource: object }[] }): object;
  };
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: { beginComputePass(): Pass };
  computePassEncoder: Pass | null;
  dispatchCountInPass: number;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: readonly number[], dtype: string): tf.TensorInfo;
  makeUniforms(numbers: { type: "float32" | "uint32"; data: number[] }[]): object;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  refCount(dataId: object): number;
}

interface Pass {
  setPipeline(pipeline: Pipeline): void;
  setBindGroup(group: number, bindings: object): void;
  dispatchWorkgroups(x: number, y: number): void;
}

/**
 * WebGPU's door where tfjs computes on it, `undefined` on every other backend. What goes through it always has a portable twin.
 *
 * @example
 * const isOnWebGpu = webGpuOps() !== undefined;
 */
export function webGpuOps(): WebGpuOps | undefined {
  if (tf.getBackend() !== "webgpu") return undefined;
  const backend = tf.backend() as unknown as Backend;
  if (last?.backend !== backend) last = { backend, ops: opsOf(backend) };
  return last.ops;
}

let last: { readonly backend: Backend; readonly ops: WebGpuOps } | undefined;

function opsOf(backend: Backend): WebGpuOps {
  const pipelines = new Map<string, Pipeline>();
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension: mostGroups } = backend.device.limits;
  return {
    mostBytes: maxStorageBufferBindingSize,
    empty: (shape, dtype = "float32") => tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...shape], dtype)),
    isShared: ({ dataId }) => backend.refCount(dataId) > 1,
    copy(tensor) {
      const { values } = backend.tensorMap.get(tensor.dataId);
      if (values != null) return tf.tensor(Float32Array.from(values), tensor.shape, "float32");
      return tf.tidy(() => tf.reshape(tensor.dataToGPU().tensorRef, tensor.shape));
    },
    run(shader, { reads, writes, numbers, groups }) {
      if (groups === 0) return;
      const bound = [...Object.values(reads), ...Object.values(writes)];
      for (const { dataId } of bound) {
        backend.uploadToGPU(dataId);
        backend.commandQueueOwnedIds.add(dataId);
      }
      // What was read of them before is no longer so.
      for (const { dataId } of Object.values(writes)) backend.tensorMap.get(dataId).values = null;
      let pipeline = pipelines.get(shader.key);
      if (pipeline === undefined) {
        const code = codeOf(shader, { reads, writes, numbers });
        const compute = { module: backend.device.createShaderModule({ code, label: shader.key }), entryPoint: "main" };
        pipeline = backend.device.createComputePipeline({ compute, layout: "auto", label: shader.key });
        pipelines.set(shader.key, pipeline);
      }
      const given = Object.values(numbers).map((number) =>
        "f32" in number ? { type: "float32" as const, data: [number.f32] } : { type: "uint32" as const, data: [number.u32] },
      );
      const resources = [...bound.map(({ dataId }) => ({ buffer: backend.tensorMap.get(dataId).resource! })), backend.makeUniforms(given)];
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      const bindings = backend.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      backend.ensureCommandEncoderReady();
      backend.computePassEncoder ??= backend.commandEncoder.beginComputePass();
      backend.computePassEncoder.setPipeline(pipeline);
      backend.computePassEncoder.setBindGroup(0, bindings);
      const rows = Math.ceil(groups / mostGroups);
      backend.computePassEncoder.dispatchWorkgroups(Math.ceil(groups / rows), rows);
      backend.dispatchCountInPass++;
      if (backend.dispatchCountInPass >= tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
    },
  };
}

function codeOf({ declarations = "", body, threads }: Shader, { reads, writes, numbers }: Omit<ShaderRun, "groups">): string {
  const declare = (tensors: ShaderRun["reads"], access: string, first: number) =>
    Object.entries(tensors).map(
      ([name, { dtype }], index) =>
        `@group(0) @binding(${first + index}) var<storage, ${access}> ${name}: array<${dtype === "int32" ? "i32" : "f32"}>;`,
    );
  const count = Object.keys(reads).length;
  const fields = Object.entries(numbers).map(([name, number]) => `${name}: ${"f32" in number ? "f32" : "u32"},`);
  return [
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
