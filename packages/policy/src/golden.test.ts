import type { SequenceBatch } from "@cai/contracts";
import { familyModels, goldenModels, leftPadded, rightPadded, rowsOf } from "@cai/testing";
import { onEachBackend, onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "./load/load-policy.ts";
import { packTokens } from "./model/input-columns.ts";
import type { CausalPolicy } from "./policy.ts";

describe.each([...goldenModels, ...familyModels])("$name", async ({ folder, expected }) => {
  const { promptColumns, responseColumns, logits: expectedLogits, greedy } = expected;
  const valid = (row: number, column: number): boolean => expected.attentionMask[row]![column] === 1;
  const textOf = (row: number, [from, to]: readonly [number, number]): number[] =>
    expected.inputIds[row]!.slice(from, to).filter((_, index) => valid(row, from + index));
  const rows = expected.inputIds.map((_, row) => row);
  const prompts = leftPadded(
    rows.map((row) => textOf(row, [0, promptColumns])),
    promptColumns,
  );
  const responses = rightPadded(
    rows.map((row) => textOf(row, [promptColumns, promptColumns + responseColumns])),
    responseColumns,
  );
  const batch: SequenceBatch = { prompts, responses };

  test("position ids of a padded batch equal transformers'", () => {
    const mask = Uint8Array.from(expected.attentionMask.flat());
    const { positions, cells } = packTokens({ ids: new Int32Array(mask.length), mask, shape: [3, promptColumns + responseColumns] });
    expect([...positions]).toEqual(Array.from(cells, (cell) => expected.positionIds.flat()[cell]));
  });

  const suite = (backend: string) => {
    let policy: CausalPolicy;
    beforeAll(async () => {
      policy = await loadPolicy(folder);
    });
    afterAll(() => policy.dispose());

    test("the logits of every token of each text alone equal PyTorch's", async () => {
      for (const row of rows) {
        const ids = textOf(row, [0, promptColumns + responseColumns]);
        // The first token is the prompt; one more token at the end, which is never read, asks for the logits after the last.
        const alone = { prompts: leftPadded([ids.slice(0, 1)]), responses: rightPadded([[...ids.slice(1), 0]]) };
        const logits = await logitsOf(policy, alone);
        const firstColumn = expected.attentionMask[row]!.indexOf(1);
        ids.forEach((_, index) => {
          expectLogits(row, firstColumn + index, logits[0]![index]!);
        });
      }
    });

    test("the logits at the response columns of a ragged batch equal PyTorch's", async () => {
      const logits = await logitsOf(policy, batch);
      for (const row of rows) {
        for (let j = 0; j < responseColumns; j++)
          if (valid(row, promptColumns + j)) expectLogits(row, promptColumns + j - 1, logits[row]![j]!);
      }
    });

    test.each([1, 0.7] as const)("log-probabilities and entropies at temperature %d equal PyTorch's", async (temperature) => {
      const { logprobs, entropy } = tf.tidy(() =>
        policy.tokenLogprobs(policy.hiddenStates(batch), responses, { temperature, entropy: true }),
      );
      const wanted = expected[`temperature${temperature}`];
      expectClose(await logprobs.data(), wanted.logprobs.flat(), { tolerance: 2e-5, mask: responses.mask });
      expectClose(await entropy!.data(), wanted.entropy.flat(), { tolerance: 2e-5, mask: responses.mask });
      tf.dispose([logprobs, entropy!]);
    });

    test("a reference gives the same log-probabilities", async () => {
      const reference = policy.createReference();
      const logprobs = reference.logprobs(batch, { temperature: 0.7 });
      expectClose(await logprobs.data(), expected["temperature0.7"].logprobs.flat(), { tolerance: 2e-5, mask: responses.mask });
      tf.dispose(logprobs);
      reference.dispose();
    });

    test("greedy tokens equal transformers', for each prompt alone and for the left-padded batch", async () => {
      const sampling = { draws: { seed: 0, stream: "greedy", step: 0 }, maxNewTokens: greedy.newTokens, temperature: 0 };
      const together = await policy.generate(leftPadded(greedy.prompts), sampling);
      expect(rowsOf(together.responses)).toEqual(greedy.continuations);
      // A software device takes seconds for each.
      for (const [row, prompt] of backend === "webgpu" ? [] : greedy.prompts.entries()) {
        const alone = await policy.generate(leftPadded([prompt]), sampling);
        expect(rowsOf(alone.responses)).toEqual([greedy.continuations[row]]);
      }
    }, 300_000);
  };
  onEachBackend(suite);
  await onWebGpu(suite);

  function expectLogits(row: number, column: number, logits: readonly number[]): void {
    const position = expectedLogits.validPositions.findIndex((one) => one[0] === row && one[1] === column);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(logits)).toBeCloseTo(expectedLogits.mean[position]!, 4);
    expect(mean(logits.map(Math.abs))).toBeCloseTo(expectedLogits.meanAbs[position]!, 4);
    expect(Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0))).toBeCloseTo(expectedLogits.logsumexp[position]!, 4);
    expect(logits.indexOf(Math.max(...logits))).toBe(expectedLogits.argmax[position]);
    const whole = expectedLogits.rows.find((one) => one.row === row && one.column === column);
    if (whole !== undefined) expectClose(logits, whole.logits, { tolerance: 5e-5 });
  }
});

/** `[row][column][id]`, at the column before each response token. */
async function logitsOf(policy: CausalPolicy, sequences: SequenceBatch): Promise<number[][][]> {
  const logits = tf.tidy(() => policy.logits(policy.hiddenStates(sequences)));
  const values = (await logits.array()) as number[][][];
  tf.dispose(logits);
  return values;
}

function expectClose(
  values: ArrayLike<number>,
  wanted: readonly number[],
  { tolerance, mask }: { tolerance: number; mask?: Uint8Array },
): void {
  expect(values.length).toBe(wanted.length);
  const differences = wanted.map((value, index) => (mask === undefined || mask[index] === 1 ? Math.abs(values[index]! - value) : 0));
  expect(Math.max(...differences)).toBeLessThan(tolerance);
}
