import { addLora, type CausalPolicy, loadPolicy } from "@cai/policy";
import { goldenModels, leftPadded, tinyGpt2 } from "@cai/testing";
import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { int8Coding } from "./int8-coding.ts";
import { OnnxGenerator } from "./onnx-generator.ts";
import { quantizeOutputs } from "./quantize.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

async function load(folder: string): Promise<CausalPolicy> {
  const policy = await loadPolicy(folder);
  onTestFinished(() => policy.dispose());
  return policy;
}

/** Numbers of many sizes. */
const uneven = (size: number) =>
  Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7) * (1 + (index % 97)) ** ((index % 5) - 2));

/** The float32 numbers from 10⁻³⁰ on, where scales begin: each stands alone among zeros. And the largest that there is. */
function edges(size: number): Float32Array {
  const numbers = new Float32Array(size);
  const bits = new Int32Array(numbers.buffer);
  const first = new Int32Array(Float32Array.of(1e-30).buffer)[0]!;
  for (let index = 0; index < size; index += 7) bits[index] = first + index / 7;
  numbers[size - 1] = 3.4028234663852886e38;
  return numbers;
}

describe.each(goldenModels)("$name", ({ folder }) => {
  test("what comes back is rounded to the same integers and scales, bit by bit", async () => {
    const policy = await load(folder);
    const coding = int8Coding(policy);
    const { linearLayout, embedding, outputWeight } = policy.parts.architecture;
    const coded = [...policy.parameters.values()].filter(({ name }) => coding.bytes(name) !== undefined);
    expect(coded.length).toBeGreaterThan(3);
    for (const { name, shape } of coded) {
      const [rows, columns] = shape as readonly [number, number];
      const turned = linearLayout === "output-input" || name === embedding.tokens || name === outputWeight;
      const size = rows * columns;
      for (const numbers of [uneven(size), edges(size), new Float32Array(size), uneven(size).map((one) => one * 1e-31)]) {
        const bytes = coding.write(name, numbers)!;
        expect(bytes.length).toBe(coding.bytes(name));
        expect(bytes.length).toBe(rows * columns + 4 * (turned ? rows : columns));
        const again = quantizeOutputs(coding.read(name, bytes), [rows, columns], turned)!;
        const once = quantizeOutputs(numbers, [rows, columns], turned)!;
        expect(Buffer.from(again.values.buffer).equals(Buffer.from(once.values.buffer))).toBe(true);
        expect(Buffer.from(again.scales.buffer).equals(Buffer.from(once.scales.buffer))).toBe(true);
      }
    }
  });

  test("a policy with what comes back draws the same bytes, though its weights are others", async () => {
    const [policy, other] = [await load(folder), await load(folder)];
    const coding = int8Coding(policy);
    let changed = 0;
    for (const { name, shape, value } of policy.parameters.values()) {
      const numbers = value.dataSync<"float32">();
      const bytes = coding.write(name, numbers);
      if (bytes === undefined) continue;
      const back = coding.read(name, bytes);
      if (back.some((number, index) => number !== numbers[index])) changed += 1;
      other.parameters.get(name)!.assign(tf.tensor(back, [...shape]));
    }
    expect(changed).toBeGreaterThan(3);
    const prompts = leftPadded([[3, 1, 4, 1, 5, 9, 2, 6], [5, 3], [5]]);
    const draw = async (of: CausalPolicy) => {
      const generator = await OnnxGenerator.create({ policy: of, precision: "int8" });
      onTestFinished(() => generator.dispose());
      return generator.generate(prompts, { draws: { seed: 5, stream: "test", step: 3 }, maxNewTokens: 24, temperature: 1 });
    };
    expect(await draw(other)).toEqual(await draw(policy));
  });
});

test("63 scales, rounded, have the same scale, whatever its digits are", () => {
  let wrong = 0;
  for (let largest = 2 ** 23; largest < 2 ** 24; largest++) {
    const scale = Math.fround(largest / 63);
    if (Math.fround(Math.fround(63 * scale) / 63) !== scale) wrong += 1;
  }
  expect(wrong).toBe(0);
});

test("what the engine reads in float32 is not coded: norms, biases, positions", async () => {
  const policy = await load(tinyGpt2);
  const coding = int8Coding(policy);
  const exact = [...policy.parameters.keys()].filter((name) => coding.bytes(name) === undefined);
  expect(exact).toContain(policy.parts.architecture.embedding.positions);
  expect(exact.every((name) => /bias$|ln_|wpe/.test(name))).toBe(true);
  expect(coding.write(exact[0]!, uneven(64))).toBeUndefined();
});

test("a number that is not finite keeps its weight in float32, so that the engine tells of it", async () => {
  const policy = await load(tinyGpt2);
  const coding = int8Coding(policy);
  const { embedding } = policy.parts.architecture;
  const numbers = policy.parameters.get(embedding.tokens)!.value.dataSync<"float32">().slice();
  for (const spoilt of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    numbers[17] = spoilt;
    expect(coding.write(embedding.tokens, numbers)).toBeUndefined();
  }
});

test("with an adapter nothing is coded: what is rounded is a sum that the other side makes", async () => {
  const base = await load(tinyGpt2);
  const adapted = addLora(base, { rank: 2 });
  onTestFinished(() => adapted.dispose());
  const coding = int8Coding(adapted);
  expect([...adapted.parameters.keys(), ...base.parameters.keys()].filter((name) => coding.bytes(name) !== undefined)).toEqual([]);
});
