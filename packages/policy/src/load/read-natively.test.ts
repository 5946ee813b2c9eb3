import { open } from "node:fs/promises";
import { join } from "node:path";
import { bfloat16ToFloat32, float16ToFloat32 } from "@cai/safetensors";
import { temporaryFolder } from "@cai/testing";
import { onBackends, onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";
import { readNatively } from "./read-natively.ts";

/** The descriptor of a file that holds these numbers from a position on, and zeros before. */
async function fileOf(numbers: Float32Array | Uint16Array, position = 0): Promise<number> {
  const handle = await open(join(await temporaryFolder(), "numbers"), "w+");
  onTestFinished(() => handle.close());
  await handle.write(new Uint8Array(numbers.buffer), 0, numbers.byteLength, position);
  return handle.fd;
}

onNativeKernels(() => {
  const sevens = Float32Array.from({ length: 700_001 }, (_, index) => index * 7);

  test("float32 is read from any place, by one thread or several, and beyond what 32 bits count; nothing else stays", async () => {
    const far = 2 ** 32 + 2 ** 31 + 12;
    for (const start of [0, 3, far]) {
      const descriptor = await fileOf(sevens, start);
      const { numTensors } = tf.memory();
      for (const [shape, skipped] of [
        [[700_001], 0],
        [[100, 7000], 1],
        [[2, 3], 5],
        [[], 9],
        [[0, 4], 0],
      ] as const) {
        const tensor = readNatively({ descriptor, position: start + 4 * skipped, dtype: "F32", shape })!;
        const values = (await tensor.data()) as Float32Array;
        const size = shape.reduce<number>((product, length) => product * length, 1);
        expect([tensor.shape, tensor.dtype]).toEqual([shape, "float32"]);
        expect(bytesOf(values).equals(bytesOf(sevens.slice(skipped, skipped + size)))).toBe(true);
        tensor.dispose();
      }
      expect(tf.memory().numTensors).toBe(numTensors);
    }
  });

  test("every finite number of 16 bits becomes the float32 that readFloat32 gives", async () => {
    for (const [dtype, convert, exponent] of [
      ["F16", float16ToFloat32, 0x7c00],
      ["BF16", bfloat16ToFloat32, 0x7f80],
    ] as const) {
      const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => (bits & exponent) !== exponent);
      const tensor = readNatively({ descriptor: await fileOf(patterns), position: 0, dtype, shape: [patterns.length] })!;
      const values = (await tensor.data()) as Float32Array;
      expect(bytesOf(values).equals(bytesOf(convert(patterns))), dtype).toBe(true); // bits: -0 is not 0
      tensor.dispose();
    }
  });

  test("undefined is what comes of numbers that are none, of a file that ends too early or is closed, and of other types", async () => {
    const { numTensors } = tf.memory();
    for (const damage of [Number.NaN, Infinity, -Infinity]) {
      for (const place of [0, 400_000, sevens.length - 1]) {
        const values = sevens.slice();
        values[place] = damage;
        expect(readNatively({ descriptor: await fileOf(values), position: 0, dtype: "F32", shape: [values.length] })).toBeUndefined();
      }
    }
    for (const [dtype, bits] of [
      ["F16", 0x7c00],
      ["F16", 0xfe01],
      ["BF16", 0x7f80],
      ["BF16", 0xff81],
    ] as const) {
      const descriptor = await fileOf(Uint16Array.of(0, 1, bits));
      tf.dispose(readNatively({ descriptor, position: 0, dtype, shape: [2] })!);
      expect(readNatively({ descriptor, position: 0, dtype, shape: [3] }), dtype).toBeUndefined();
    }
    const descriptor = await fileOf(sevens);
    expect(readNatively({ descriptor, position: 4, dtype: "F32", shape: [sevens.length] })).toBeUndefined();
    expect(readNatively({ descriptor, position: 0, dtype: "F64", shape: [1] })).toBeUndefined();
    expect(readNatively({ descriptor: 99_999, position: 0, dtype: "F32", shape: [1] })).toBeUndefined();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

onBackends(["cpu"], () => {
  test("where no kernel reads, nothing is read", async () => {
    expect(readNatively({ descriptor: await fileOf(Float32Array.of(1)), position: 0, dtype: "F32", shape: [1] })).toBeUndefined();
  });
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
