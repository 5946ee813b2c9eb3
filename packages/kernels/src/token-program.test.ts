import { onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { decodeAttention } from "./decode-attention.ts";
import { embedding } from "./embedding.ts";
import { unfusedLinear } from "./fused-linear.ts";
import { geglu } from "./geglu.ts";
import { int8Linear, quantizeColumns } from "./int8-weights.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { loraLinear } from "./lora-linear.ts";
import { nativeOps } from "./native-ops.ts";
import { rmsNorm } from "./rms-norm.ts";
import { rotaryEmbedding, rotation } from "./rotary-embedding.ts";
import { swiglu } from "./swiglu.ts";
import { TokenProgram, type TokenValue } from "./token-program.ts";

const ids = Int32Array.of(4, 0, 4);
const places = () => ({ texts: tf.tensor1d([0, 2, 3], "int32"), lengths: tf.tensor1d([2, 0, 5], "int32") });

/** What a program gives of three tokens' rows `x` of a table. */
function computed(width: number, build: (program: TokenProgram, x: TokenValue) => TokenValue): { x: tf.Tensor2D; y: tf.Tensor } {
  const table = tensor([7, width], 1) as tf.Tensor2D;
  const program = new TokenProgram();
  const pass = program.compile(build(program, program.embed(table, "tokens")));
  const y = pass.run(ids, places());
  pass.dispose();
  return { x: embedding(table, tf.tensor1d(ids, "int32")) as tf.Tensor2D, y };
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync<"float32">();
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  actual.dataSync<"float32">().forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!) / largest, `element ${i}`).toBeLessThan(3e-6);
  });
}

onNativeKernels(() => {
  test("rows by position, sums and multiples", () => {
    const positions = tensor([6, 5], 2) as tf.Tensor2D;
    const { x, y } = computed(5, (program, x) => program.scale(program.add(x, program.embed(positions, "positions")), 3));
    expectClose(y, tf.mul(tf.add(x, embedding(positions, tf.tensor1d([2, 0, 5], "int32"))), 3));
  });

  test("norms of whole rows and of heads", () => {
    const [gain, bias, short] = [tensor([12], 2), tensor([12], 3), tensor([4], 4)];
    const layer = computed(12, (program, x) => program.layerNorm(x, gain, bias, 1e-5));
    expectClose(layer.y, layerNorm(layer.x, gain, bias, 1e-5));
    const heads = computed(12, (program, x) => program.rmsNorm(x, short, 1e-5, { gainOffset: 1 }));
    expectClose(heads.y, rmsNorm(heads.x, short, 1e-5, { gainOffset: 1 }));
  });

  test.each([["silu", swiglu] as const, ["gelu", geglu] as const])("a gate by %s", (activation, gated) => {
    const { x, y } = computed(13, (program, x) => program.gated(activation, x, program.scale(x, 2)));
    expectClose(y, gated(x, tf.mul(x, 2)));
  });

  const layers = [
    { inner: 5, columns: 3 },
    { inner: 70, columns: 161 },
    { inner: 400, columns: 48 },
  ];
  test.each(layers)("a linear layer $inner → $columns, with all that is fused with it and an update", ({ inner, columns }) => {
    for (const transposed of [false, true]) {
      const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
      const [bias, gain, shift, c] = [tensor([columns], 3), tensor([inner], 4), tensor([inner], 5), tensor([columns], 6)];
      const [a, b, out] = [tensor([3, inner], 7), tensor([columns, 3], 8), tensor([7, columns], 9) as tf.Tensor2D];
      const norm = { gain, bias: shift, epsilon: 1e-5 };
      const plain = computed(inner, (program, x) => program.linear(x, { weight, transposed }));
      expectClose(plain.y, linear(plain.x, weight, undefined, { transposed }));
      const { x, y } = computed(inner, (program, x) => {
        const layer = { weight, bias, transposed, update: { a, b, scale: 0.5, offset: c } };
        return program.linear(x, layer, { norm, activation: "gelu", residual: program.embed(out, "tokens") });
      });
      const residual = embedding(out, tf.tensor1d(ids, "int32"));
      const lora = (rows: tf.Tensor) => loraLinear(rows, { weight, bias, a, b, c, scale: 0.5, transposed });
      expectClose(y, unfusedLinear(x, { norm, activation: "gelu", residual }, lora));
    }
  });

  test.each(layers)("a layer of 8 bits $inner → $columns, to the bytes of `int8Linear`", ({ inner, columns }) => {
    const int8 = quantizeColumns(tensor([inner, columns], 2));
    const bias = tensor([columns], 3);
    const { x, y } = computed(inner, (program, x) => program.linear(x, { int8, bias }, { activation: "gelu" }));
    expect(y.dataSync()).toEqual(int8Linear(x, int8, bias, { activation: "gelu" }).dataSync());
  });

  test.each([true, false])("attention over what is kept, keys and queries turned, projected together or apart: %s", (together) => {
    const [heads, keyValueHeads, size] = [4, 2, 6];
    const width = (heads + 2 * keyValueHeads) * size;
    const frequencies = Float32Array.of(1, 0.3, 0.01);
    const lengths = Int32Array.of(2, 1, 3, 5);
    const sizes = { lengths, columns: 8 };
    const shape = { layer: 0, heads, keyValueHeads };
    const beginning = tensor([11, width], 5);
    const [wanted, own] = [decodeAttention(sizes), decodeAttention(sizes)];
    for (const attention of [wanted, own]) {
      attention.start({ ...shape, queryKeyValue: beginning });
      attention.advance(Int32Array.of(0, 2, 3));
    }
    const table = tensor([7, width], 1) as tf.Tensor2D;
    const parts = [heads, keyValueHeads, keyValueHeads].map((count) => count * size);
    const program = new TokenProgram();
    const projected = together
      ? [program.embed(table, "tokens")]
      : tf.split(table, parts, 1).map((part) => program.embed(part as tf.Tensor2D, "tokens"));
    const kept = { cache: own.kept!.layer(0), frequencies: program.constant(frequencies) };
    const pass = program.compile(program.attend(projected, { heads, keyValueHeads, ...kept }));
    for (let token = 0; token < 2; token++) {
      const turns = rotation(tf.tensor1d([2 + token, 3 + token, 5 + token], "int32"), frequencies);
      const queryKeyValue = rotaryEmbedding(embedding(table, tf.tensor1d(ids, "int32")), turns, heads + keyValueHeads);
      expectClose(pass.run(ids, own.kept!.places()), wanted.next({ ...shape, queryKeyValue }));
      for (const attention of [wanted, own]) attention.advance(Int32Array.of(0, 2, 3));
    }
    pass.dispose();
    for (const attention of [wanted, own]) attention.dispose();
  });

  test("a row gives the same bytes alone, and among others", () => {
    const [weight, table] = [tensor([130, 70], 2), tensor([7, 130], 1) as tf.Tensor2D];
    const program = new TokenProgram();
    const pass = program.compile(program.linear(program.embed(table, "tokens"), { weight, transposed: false }));
    const together = pass.run(ids, places()).dataSync();
    ids.forEach((id, row) => {
      const { texts, lengths } = places();
      const alone = pass.run(Int32Array.of(id), { texts: tf.slice(texts, row, 1), lengths: tf.slice(lengths, row, 1) });
      expect(alone.dataSync()).toEqual(together.slice(row * 70, row * 70 + 70));
    });
    pass.dispose();
  });

  test("what fits no step is an error, and touches no memory", () => {
    const run = (words: number[], floats: readonly tf.Tensor[] = [tensor([7, 4], 1)]) => {
      const { texts, lengths } = places();
      const inputs = [tf.tensor1d(words, "int32"), tf.tensor1d(ids, "int32"), texts, lengths, ...floats];
      return () => nativeOps()!.run("CaiTokenPass", { N: { int: floats.length }, M: { int: 0 } }, inputs);
    };
    const oneRoom = [1, 4, 0];
    expect(run([...oneRoom, 0, 0, 0, 0])).not.toThrow();
    expect(run([])).toThrow("the program ends within a step");
    expect(run([1, 0, 0])).toThrow("a value has no numbers");
    expect(run([...oneRoom, 99])).toThrow("there is no such step");
    expect(run([...oneRoom, 0, 1, 0, 0])).toThrow("there is no such value");
    expect(run([...oneRoom, 0, 0, 3, 0])).toThrow("there is no such tensor");
    expect(run([...oneRoom, 0, 0, 0])).toThrow("the program ends within a step");
    expect(run([1, 5, 0, 0, 0, 0, 0])).toThrow("a table is of another width than its step");
    expect(run([...oneRoom, 0, 0, 0, 0], [tensor([3, 4], 1)])).toThrow("an id is not in its table");
    expect(run([2, 4, 5, 0, 0, 0, 0, 0, 6, 1, 0, 0])).toThrow("what is added differs in width");
  });
});
