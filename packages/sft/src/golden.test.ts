import { readFileSync } from "node:fs";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { goldenPath, readGolden } from "@cai/testing";
import { createTokenizer } from "@cai/tokenizer";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeExample, type SftExample } from "./encode-example.ts";
import { SFTTrainer, type SFTTrainerOptions } from "./sft-trainer.ts";

/** Of tools/golden/make-trl.py: one update of a tiny model by TRL's SFTTrainer. */
interface Update {
  readonly name: string;
  readonly model: string;
  readonly params: Partial<SFTTrainerOptions>;
  readonly inputs: { readonly rows: readonly { readonly promptIds: readonly number[]; readonly completionIds: readonly number[] }[] };
  readonly expected: {
    readonly updates: readonly {
      readonly loss: number;
      readonly gradNorm: number;
      readonly metrics: { readonly entropy: number };
      /** A few places of each tensor: their gradients, and their values after the update. */
      readonly tensors: readonly {
        readonly name: string;
        readonly at: readonly number[];
        readonly gradient: readonly number[];
        readonly after: readonly number[];
      }[];
    }[];
  };
}

beforeAll(() => prepareBackend());

describe.each(readGolden<{ updates: readonly Update[] }>("trl_sft.json").updates)("TRL: $name", ({ model, params, inputs, expected }) => {
  test("loss, entropy, gradient and the weights after an update are TRL's", async () => {
    const [update] = expected.updates;
    const policy = await loadPolicy(goldenPath(model));
    const trainer = await SFTTrainer.create({ policy, batchSize: inputs.rows.length, ...params });
    const rows = inputs.rows.map(({ promptIds, completionIds }) => ({
      promptIds: Int32Array.from(promptIds),
      completionIds: Int32Array.from(completionIds),
    }));
    const { loss, metrics } = await trainer.trainStep(rows);
    expect(loss).toBeCloseTo(update!.loss, 4);
    expect(metrics.entropy).toBeCloseTo(update!.metrics.entropy, 4);
    expect(metrics.grad_norm).toBeCloseTo(update!.gradNorm, 3);
    let compared = 0;
    for (const { name, at, gradient, after } of update!.tensors) {
      const values = policy.parameters.get(name)!.value.dataSync();
      at.forEach((place, index) => {
        // Adam's first step follows the sign of a gradient: where that is noise, so is the step.
        if (Math.abs(gradient[index]!) < 1e-3) return;
        expect(values[place], `${name} at ${place}`).toBeCloseTo(after[index]!, 6);
        compared++;
      });
    }
    expect(compared).toBeGreaterThan(50);
    trainer.dispose();
    policy.dispose();
  });
});

/** Of tools/golden-labels.py: what TRL's SFTTrainer makes of examples, with its options by their own names. */
interface Labels {
  readonly chatTemplate: string;
  readonly cases: readonly {
    readonly options: { readonly completion_only_loss?: boolean; readonly assistant_only_loss?: boolean };
    readonly rows: readonly { readonly example: SftExample; readonly ids: readonly number[]; readonly counted: readonly number[] }[];
  }[];
}

const { chatTemplate, cases } = JSON.parse(readFileSync(new URL("golden/labels.json", import.meta.url), "utf8")) as Labels;
const tokenizer = createTokenizer({
  tokenizerJson: readGolden<Record<string, unknown>>("tiny-gpt2/tokenizer.json"),
  tokenizerConfig: { ...readGolden<Record<string, unknown>>("tiny-gpt2/tokenizer_config.json"), chat_template: chatTemplate },
});

test.each(cases)("tokens and labels of examples are TRL's, with $options", ({ options, rows }) => {
  const { completion_only_loss: completionOnlyLoss = true, assistant_only_loss: assistantOnlyLoss = false } = options;
  expect(rows.length).toBeGreaterThan(1);
  for (const { example, ids, counted } of rows) {
    const encoded = encodeExample(example, tokenizer, { completionOnlyLoss, assistantOnlyLoss });
    expect([[...encoded.ids], [...encoded.counted]], JSON.stringify(example)).toEqual([ids, counted]);
  }
});
