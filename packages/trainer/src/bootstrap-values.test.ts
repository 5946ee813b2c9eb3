import { prepareBackend } from "@cai/backend";
import type { FinishReason, SequenceBatch, TokenBatch } from "@cai/contracts";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateBootstrapValues } from "./bootstrap-values.ts";
import type { Models } from "./ppo-parts.ts";
import { disposeTrainer, tinyPrompts, tinyTrainer } from "./tiny-run.fixture.ts";

beforeAll(() => prepareBackend());

const batch = (rows: readonly (readonly number[])[], mask: readonly (readonly number[])[]): TokenBatch => ({
  ids: Int32Array.from(rows.flat()),
  mask: Uint8Array.from(mask.flat()),
  shape: [rows.length, rows[0]!.length],
});

/** Where the mask is 0, the given number instead. */
const atPadding = (values: tf.Tensor, { mask, shape }: TokenBatch, number: number) =>
  tf.where(tf.tensor2d(mask, [...shape], "bool"), values, tf.fill([...shape], number));

/** A hidden state is the sum of the ids before a token; a value is ten of it. What stands at padding is left to each of the two. */
function summing(hiddenAtPadding: number, valueAtPadding: number): Models {
  const sums = ({ prompts, responses }: SequenceBatch) => {
    const [rows, columns] = responses.shape;
    const places = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns] as const);
    const sum = ({ ids, shape }: TokenBatch, row: number, count: number) =>
      ids.subarray(row * shape[1], row * shape[1] + count).reduce((total, id) => total + id, 0);
    return tf.tensor2d(
      places.map(([row, column]) => sum(prompts, row, prompts.shape[1]) + sum(responses, row, column)),
      [rows, columns],
    );
  };
  const policy = {
    hiddenStates: (given: SequenceBatch) => tf.expandDims(atPadding(sums(given), given.responses, hiddenAtPadding), 2),
  };
  const valueModel = {
    values: ({ responses }: SequenceBatch, hidden: tf.Tensor) =>
      atPadding(tf.mul(tf.reshape(hidden, [...responses.shape]), 10), responses, valueAtPadding),
  };
  return { policy, valueModel } as unknown as Models;
}

const rollout = {
  prompts: batch([[1], [2], [3]], [[1], [1], [1]]),
  responses: batch(
    [
      [4, 5],
      [6, 7],
      [8, 99], // cut after one token, by a generator with a limit of its own
    ],
    [
      [1, 1],
      [1, 1],
      [1, 0],
    ],
  ),
  finishReasons: ["length", "eos", "length"] satisfies FinishReason[],
};

describe.each([
  ["0", 0],
  ["NaN", Number.NaN],
])("where policy and value model write %s at padding", (_, padding) => {
  test.each([1, 2, 3])("a row that was cut has the value of its whole text, %i rows a pass", async (rowsAtOnce) => {
    const values = await evaluateBootstrapValues(summing(padding, padding), rollout, rowsAtOnce);
    expect([...values]).toEqual([100, 0, 110]); // 10·(1 + 4 + 5); it ended by itself; 10·(3 + 8)
  });

  test("a trainer gives what it gives with a value model that writes something there", async () => {
    const metrics = async (wrap: (model: ValueModel) => ValueModel) => {
      const weight = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i) / 4);
      const valueModel = wrap(sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: 32, weight, bias: 2 }) }));
      const trainer = await tinyTrainer({ valueModel, bootstrapTruncated: true, maxNewTokens: 3 });
      const { metrics } = await trainer.trainStep(tinyPrompts);
      disposeTrainer(trainer);
      valueModel.dispose();
      return Object.entries(metrics).filter(([name]) => !/^time|second/.test(name));
    };
    const padded = (model: ValueModel): ValueModel => ({
      ...model,
      values: (given, hidden) => atPadding(model.values(given, hidden), given.responses, padding),
    });
    expect(await metrics(padded)).toEqual(await metrics((model) => model));
  });
});
