import { GgufError, openGguf } from "@cai/gguf";
import { GraphBuilder, OnnxGraphError, readModel } from "@cai/onnx-graph";
import { openSafetensors, openShardedSafetensors, SafetensorsError } from "@cai/safetensors";
import { f32, fileBytes, packed, value } from "../../../packages/gguf/src/gguf-bytes.fixture.ts";
import { mutatedBytes, mutatedJson } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

function safetensorsOf(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

const stored = (dtype: string, shape: readonly number[], begin: number, end: number) => ({ dtype, shape, data_offsets: [begin, end] });
const safetensorsSeeds = [
  safetensorsOf({ __metadata__: { format: "pt" }, a: stored("F32", [2, 2], 0, 16), b: stored("BF16", [3], 16, 22) }, Buffer.alloc(22, 1)),
  safetensorsOf({ w: stored("F16", [], 0, 2), i: stored("I64", [1], 2, 10), f: stored("F64", [0, 4], 10, 10) }, Buffer.alloc(10, 2)),
  safetensorsOf({}, new Uint8Array()),
];

async function readAllSafetensors(path: string): Promise<void> {
  const file = await openSafetensors(path);
  try {
    for (const name of file.names) {
      await file.read(name);
      await file.readFloat32(name).catch((error: unknown) => refusedOn(error, SafetensorsError));
    }
  } finally {
    await file.close();
  }
}

/** What can't be read as numbers is refused, and the rest is read on. */
function refusedOn(error: unknown, type: { isInstance(error: unknown): boolean }): void {
  if (!type.isInstance(error)) throw error;
}

const q4 = [...new Uint8Array(Float32Array.of(1).buffer).subarray(2), 0, ...Array<number>(15).fill(0x88)];
const ggufSeeds = [
  fileBytes({
    metadata: [
      ["general.architecture", value.text("llama")],
      ["llama.block_count", value.u32(1)],
      ["general.alignment", value.u32(32)],
      ["tokenizer.ggml.tokens", value.texts(["a", "b", "▁"])],
      ["tokenizer.ggml.scores", value.f32s([0, -1, 0.5])],
    ],
    ...packed({
      w: { dtype: "F32", shape: [2, 2], stored: [...new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)] },
      q: { dtype: "Q4_0", shape: [1, 32], stored: q4.slice(0, 18) },
    }),
  }),
  fileBytes({
    metadata: [
      ["split.count", value.u64(2)],
      ["split.no", value.u8(0)],
    ],
    version: 2,
    data: f32(1),
  }),
];

function onnxSeed(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input("x", "float32", ["rows", 2]);
  const weight = graph.initializer({ type: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  const zero = graph.initializer({ type: "int64", shape: [1], data: [0] });
  const product = graph.node("MatMul", [x, weight]);
  const sum = graph.node("ReduceSum", [product, zero], { attributes: { keepdims: { int: 0 } } });
  graph.output(graph.node("Cast", [sum], { output: "y", attributes: { to: { int: 1 } } }), "float32", ["rows"]);
  return graph.toBytes();
}

const shards = scratchFolder("shards");
scratchFile("shards/one.safetensors", safetensorsSeeds[0]!);
scratchFile("shards/two.safetensors", safetensorsSeeds[1]!);

/** Files of weights. */
export const weights: readonly FuzzTarget[] = [
  {
    name: "safetensors",
    inputs: mutatedBytes(safetensorsSeeds),
    share: 20,
    errors: [SafetensorsError],
    read: (input) => readAllSafetensors(scratchFile("model.safetensors", input)),
  },
  {
    name: "safetensors-index",
    inputs: mutatedJson([
      { weight_map: { a: "one.safetensors", w: "two.safetensors" } },
      { metadata: { total_size: 1 }, weight_map: { a: "../x" } },
    ]),
    share: 10,
    errors: [SafetensorsError],
    async read(input) {
      scratchFile("shards/model.safetensors.index.json", input);
      const file = await openShardedSafetensors(shards);
      try {
        for (const name of file.names) await file.read(name);
      } finally {
        await file.close();
      }
    },
  },
  {
    name: "gguf",
    inputs: mutatedBytes(ggufSeeds),
    share: 15,
    errors: [GgufError],
    async read(input) {
      const file = await openGguf(scratchFile("model.gguf", input));
      try {
        for (const name of file.tensors.keys()) await file.readFloat32(name);
      } finally {
        await file.close();
      }
    },
  },
  {
    name: "onnx",
    inputs: mutatedBytes([onnxSeed()]),
    share: 200,
    errors: [OnnxGraphError],
    read(input) {
      readModel(input);
    },
  },
];
