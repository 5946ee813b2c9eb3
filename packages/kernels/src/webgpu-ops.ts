import * as tf from "@tensorflow/tfjs-core";
import { shaderCode } from "./shader-code.ts";

/** A shader of ours. Tensors are bound under their names as `array<f32>` or `array<i32>`, `numbers` as fields of `given`. */
export interface Shader {
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
  /** It computes with `f16`: only for devices that {@link WebGpuOps.computesHalves}. */
  readonly halves?: boolean;
}

/** What a shader is run on. */
export interface ShaderTensors {
  readonly reads: Readonly<Record<string, tf.Tensor>>;
  /** Written, and read too where the shader does: no other tensor may share their memory ({@link WebGpuOps.isShared}). */
  readonly writes: Readonly<Record<string, tf.Tensor>>;
  readonly numbers: Readonly<Record<string, ShaderNumber>>;
}

export type ShaderNumber = { readonly f32: number } | { readonly u32: number };

/** The door to WebGPU behind tfjs's backend for it. */
export interface WebGpuOps {
  /** Bytes that one binding of a shader can hold: `CAI_WEBGPU_BINDING_BYTES` of tfjs's flags, by itself what the device allows. */
  readonly mostBytes: number;
  /** Shaders may compute in half precision (`shader-f16`): `CAI_WEBGPU_HALVES` of tfjs's flags, by itself what the device can. */
  readonly computesHalves: boolean;
  /** A tensor with memory of its own that holds anything. Belongs to the caller, or the surrounding tidy. */
  empty(shape: readonly number[], dtype?: "float32" | "int32"): tf.Tensor;
  /** As `tf.fill(shape, 0)`, of any size that a buffer can have. */
  zeros(shape: readonly number[]): tf.Tensor;
  run(shader: Shader, tensors: ShaderTensors, groups: number): void;
  /**
   * Runs a shader on every number of tensors of one size, as many at once as can be bound: `count: u32` is given with the numbers, and the shader
   * looks at number `group * threads + thread` where that is below it.
   */
  runOnEach(shader: Shader, tensors: ShaderTensors): void;
  /** Whether another tensor has the same memory. */
  isShared(tensor: tf.Tensor): boolean;
  /** The same numbers to the bit, in memory of its own. */
  copy(tensor: tf.Tensor): tf.Tensor;
  /**
   * A matrix as parts of its rows that can be bound, without a copy: they are gone with it, and none of them can be read. One part where all
   * can be bound.
   */
  rowParts(matrix: tf.Tensor): RowPart[];
  /** Rows `[N, H]` of several tensors, one below the other, in one tensor. */
  joinRows(parts: readonly tf.Tensor[]): tf.Tensor;
}

/** Rows `from` to before `to` of a matrix. */
export interface RowPart {
  readonly from: number;
  readonly to: number;
  readonly rows: tf.Tensor2D;
}

/** A whole buffer of WebGPU's, or a part of one, as it is bound. */
type Resource = GpuBuffer | { readonly buffer: GpuBuffer; readonly offset: number; readonly size: number };
interface GpuBuffer {
  readonly size: number;
}

interface TensorData {
  readonly dtype: "float32" | "int32";
  resource?: Resource | null;
  values?: ArrayLike<number> | null;
  external?: boolean;
}

interface Pipeline {
  getBindGroupLayout(group: number): object;
}

/** The part of tfjs's WebGPU backend that is used here. */
interface Backend {
  readonly device: {
    readonly features: ReadonlySet<string>;
    readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxComputeWorkgroupsPerDimension: number };
    createShaderModule(options: { code: string; label: string }): object;
    createComputePipeline(options: { compute: { module: object; entryPoint: string }; layout: "auto"; label: string }): Pipeline;
    createBindGroup(options: { layout: object; entries: { binding: number; resource: object }[] }): object;
  };
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: {
    beginComputePass(): Pass;
    clearBuffer(buffer: GpuBuffer): void;
    copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, size: number): void;
  };
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

/** A part of a buffer begins at a multiple of 256 bytes. */
const rowsOfAlignedParts = 64;

function opsOf(backend: Backend): WebGpuOps {
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension: mostGroups } = backend.device.limits;
  if (!("CAI_WEBGPU_BINDING_BYTES" in tf.env().getFlags()))
    tf.env().registerFlag("CAI_WEBGPU_BINDING_BYTES", () => maxStorageBufferBindingSize);
  if (!("CAI_WEBGPU_HALVES" in tf.env().getFlags()))
    tf.env().registerFlag("CAI_WEBGPU_HALVES", () => backend.device.features.has("shader-f16"));
  const pipelines = new Map<string, Pipeline>();
  const dataOf = ({ dataId }: tf.TensorInfo): TensorData => backend.tensorMap.get(dataId);

  function pipelineOf(shader: Shader, tensors: ShaderTensors): Pipeline {
    const known = pipelines.get(shader.key);
    if (known !== undefined) return known;
    const code = shaderCode(shader, tensors);
    const compute = { module: backend.device.createShaderModule({ code, label: shader.key }), entryPoint: "main" };
    const pipeline = backend.device.createComputePipeline({ compute, layout: "auto", label: shader.key });
    pipelines.set(shader.key, pipeline);
    return pipeline;
  }

  /** On numbers `from` to before `to` of every tensor, or on all. */
  function dispatch(shader: Shader, tensors: ShaderTensors, groups: number, [from, to]: readonly [number?, number?] = []): void {
    const { reads, writes, numbers } = tensors;
    const bound = [...Object.values(reads), ...Object.values(writes)];
    for (const { dataId } of bound) {
      backend.uploadToGPU(dataId);
      backend.commandQueueOwnedIds.add(dataId);
    }
    // What was read of them before is no longer so.
    for (const tensor of Object.values(writes)) dataOf(tensor).values = null;
    const pipeline = pipelineOf(shader, tensors);
    const uniforms = Object.values(numbers).map((number) =>
      "f32" in number ? { type: "float32" as const, data: [number.f32] } : { type: "uint32" as const, data: [number.u32] },
    );
    const resources = [...bound.map((tensor) => bindingOf(dataOf(tensor).resource!, from, to)), backend.makeUniforms(uniforms)];
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
  }

  /** The encoder, outside of a pass, for copies. */
  function encoder(): Backend["commandEncoder"] {
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    return backend.commandEncoder;
  }

  const ops: WebGpuOps = {
    get mostBytes() {
      return tf.env().getNumber("CAI_WEBGPU_BINDING_BYTES");
    },
    get computesHalves() {
      return tf.env().getBool("CAI_WEBGPU_HALVES");
    },
    empty: (shape, dtype = "float32") => tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...shape], dtype)),
    zeros(shape) {
      const tensor = ops.empty(shape);
      if (tensor.size === 0) return tf.reshape(tf.tensor1d([]), [...shape]);
      backend.uploadToGPU(tensor.dataId);
      backend.commandQueueOwnedIds.add(tensor.dataId);
      encoder().clearBuffer(dataOf(tensor).resource as GpuBuffer);
      return tensor;
    },
    run(shader, tensors, groups) {
      if (groups > 0) dispatch(shader, tensors, groups);
    },
    runOnEach(shader, tensors) {
      const { size } = Object.values(tensors.writes)[0]!;
      const most = Math.floor(ops.mostBytes / 256) * 64;
      for (let from = 0; from < size; from += most) {
        const to = Math.min(from + most, size);
        const numbers = { ...tensors.numbers, count: { u32: to - from } };
        dispatch(shader, { ...tensors, numbers }, Math.ceil((to - from) / shader.threads), [from, to]);
      }
    },
    isShared: ({ dataId }) => backend.refCount(dataId) > 1,
    copy(tensor) {
      const { values } = dataOf(tensor);
      if (values != null) return tf.tensor(Float32Array.from(values), tensor.shape, "float32");
      return tf.tidy(() => tf.reshape(tensor.dataToGPU().tensorRef, tensor.shape));
    },
    rowParts(matrix) {
      const [rows, width] = matrix.shape as [number, number];
      const most = Math.floor(ops.mostBytes / (4 * width * rowsOfAlignedParts)) * rowsOfAlignedParts;
      if (rows <= most || 4 * matrix.size <= ops.mostBytes) return [{ from: 0, to: rows, rows: tf.clone(matrix) as tf.Tensor2D }];
      backend.uploadToGPU(matrix.dataId);
      backend.commandQueueOwnedIds.add(matrix.dataId);
      const buffer = dataOf(matrix).resource as GpuBuffer;
      return Array.from({ length: Math.ceil(rows / most) }, (_, part) => {
        const [from, to] = [part * most, Math.min((part + 1) * most, rows)];
        const view = ops.empty([to - from, width]) as tf.Tensor2D;
        // tfjs binds what is no buffer as it is, and leaves to others what it is told is theirs.
        Object.assign(dataOf(view), { resource: { buffer, offset: 4 * width * from, size: 4 * width * (to - from) }, external: true });
        return { from, to, rows: view };
      });
    },
    joinRows(parts) {
      const width = parts[0]!.shape[1]!;
      const whole = ops.empty([parts.reduce((sum, { shape }) => sum + shape[0]!, 0), width]);
      let row = 0;
      for (const tensor of [whole, ...parts]) {
        backend.uploadToGPU(tensor.dataId);
        backend.commandQueueOwnedIds.add(tensor.dataId);
      }
      for (const part of parts) {
        const { buffer, offset, size } = bindingOf(dataOf(part).resource!);
        encoder().copyBufferToBuffer(buffer, offset, dataOf(whole).resource as GpuBuffer, 4 * width * row, size);
        row += part.shape[0]!;
      }
      return whole;
    },
  };
  return ops;
}

function bindingOf(resource: Resource, from = 0, to?: number): { buffer: GpuBuffer; offset: number; size: number } {
  const whole = "buffer" in resource ? resource : { buffer: resource, offset: 0, size: resource.size };
  return { buffer: whole.buffer, offset: whole.offset + 4 * from, size: to === undefined ? whole.size - 4 * from : 4 * (to - from) };
}
