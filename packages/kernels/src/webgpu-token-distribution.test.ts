import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { portableDistribution, portableGradient, tokenDistribution, tokenDistributionGradient } from "./token-distribution.ts";

type Distribution = ReturnType<typeof tokenDistribution>;

/** Everything of a distribution over `[rows, size]` logits, its gradient with both slopes, and with one. */
async function everything(
  [rows, size]: readonly [number, number],
  distributionOf: typeof portableDistribution,
  gradientOf: (given: Parameters<typeof portableGradient>[0]) => tf.Tensor,
): Promise<number[][]> {
  const ids = tf.tensor1d(
    Int32Array.from({ length: rows }, (_, row) => (row * 7 + 1) % size),
    "int32",
  );
  const chosen = { logits: tensor([rows, size], 3, 8), ids, temperature: 0.7 };
  const distribution: Distribution = distributionOf(chosen);
  const [dLogprobs, dEntropies] = [tensor([rows], 4), tensor([rows], 5)];
  const results = [
    ...[distribution.logprobs, distribution.entropies, distribution.normalizers],
    gradientOf({ ...chosen, distribution, dLogprobs, dEntropies }),
    gradientOf({ ...chosen, distribution, dLogprobs }),
  ];
  return Promise.all(results.map(async (result) => [...(await result.data())]));
}

await onWebGpu(() => {
  test.each([
    [1, 2],
    [3, 5],
    [2, 256],
    [5, 1001],
  ] as const)("%d rows of %d logits, their entropies and both gradients are those of plain JavaScript", async (...shape) => {
    await tf.setBackend("cpu");
    const wanted = await everything(shape, portableDistribution, portableGradient);
    await tf.setBackend("webgpu");
    const computed = await everything(shape, tokenDistribution, tokenDistributionGradient);
    computed.forEach((values, index) => {
      expect(values).toHaveLength(wanted[index]!.length);
      values.forEach((value, place) => {
        expect(Math.abs(value - wanted[index]![place]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(wanted[index]![place]!)));
      });
    });
  });

  test("with overwrite the gradient takes the memory of the logits, but not where another tensor holds it", async () => {
    const ids = tf.tensor1d([2, 0], "int32");
    const dLogprobs = tf.tensor1d([1, -2]);
    const make = () => tf.add(tensor([2, 9], 3, 4), 0);
    const gradientOf = (logits: tf.Tensor, overwrite: boolean) => {
      const distribution = tokenDistribution({ logits, ids, temperature: 1 });
      return tokenDistributionGradient({ logits, ids, temperature: 1, distribution, dLogprobs, overwrite });
    };
    const apart = await gradientOf(make(), false).data();
    const logits = make();
    const { dataId } = logits;
    const inPlace = gradientOf(logits, true);
    expect(logits.isDisposed).toBe(true);
    expect(inPlace.dataId).toBe(dataId);
    expect([...(await inPlace.data())]).toEqual([...apart]);
    const held = make();
    const before = [...(await held.data())];
    const other = tf.clone(held);
    expect([...(await gradientOf(held, true).data())]).toEqual([...apart]);
    expect([...(await other.data())]).toEqual(before);
  });

  test("the log-probability of a token whose probability is 0 in float32 is finite and right", async () => {
    const { logprobs } = tokenDistribution({ logits: tf.tensor2d([[0, -200]]), ids: tf.tensor1d([1], "int32"), temperature: 1 });
    expect([...(await logprobs.data())]).toEqual([-200]);
  });
});
