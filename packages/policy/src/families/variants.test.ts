import { readFileSync } from "node:fs";
import { temporaryFolder } from "@cai/testing";
import "@tensorflow/tfjs";
import { leftPadded, rightPadded, rowsOf } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { createPolicy } from "../load/create-policy.ts";
import { loadPolicy } from "../load/load-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";

/** Written by transformers; `about` in the file says how. */
const files = ["llama", "gpt2", "families"].map(
  (name): Golden => JSON.parse(readFileSync(new URL(`../golden/${name}-variants.json`, import.meta.url), "utf8")),
);
const { ids, columns } = files[0]!;
const cases = files.flatMap((file) => file.cases);

interface Golden {
  readonly ids: number[];
  readonly columns: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly config: { readonly model_type: string; readonly vocab_size: number };
    readonly logits: readonly (readonly number[])[];
  }[];
}

test("the models of all families read the same text", () => {
  for (const file of files) expect([file.ids, file.columns]).toEqual([ids, columns]);
});

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test.each(cases)("$config.model_type, $name: the logits are transformers', also after saving and loading", async ({ config, logits }) => {
  const policy = await policyOf(config);
  const computed = logitsOf(policy);
  columns.forEach((column, row) => {
    computed[column]!.forEach((x, id) => {
      expect(Math.abs(x - logits[row]![id]!)).toBeLessThan(1e-5);
    });
  });
  const folder = await temporaryFolder();
  await policy.save(folder);
  policy.dispose();
  const again = await loadPolicy(folder);
  expect(logitsOf(again)).toEqual(computed);
  again.dispose();
});

test.each(cases)(
  "$config.model_type, $name: greedy tokens over the cache are those of whole texts, in a ragged batch",
  async ({ config }) => {
    const policy = await policyOf(config);
    const prompts = [ids.slice(0, 9), ids.slice(3, 5), ids.slice(4, 10)];
    const texts = prompts.map((prompt) => [...prompt]);
    for (let token = 0; token < 10; token++) {
      const next = tf.tidy(() => {
        const batch = { prompts: leftPadded(texts), responses: rightPadded([[0], [0], [0]]) };
        return tf.argMax(policy.logits(policy.hiddenStates(batch)), -1).dataSync();
      });
      next.forEach((id, row) => {
        texts[row]!.push(id);
      });
    }
    const draws = { seed: 0, stream: "greedy", step: 0 };
    const { responses } = await policy.generate(leftPadded(prompts), { draws, maxNewTokens: 10, temperature: 0 });
    expect(rowsOf(responses)).toEqual(texts.map((text, row) => text.slice(prompts[row]!.length)));
    policy.dispose();
  },
);

/** No id ends a text. */
async function policyOf(config: (typeof cases)[number]["config"]): Promise<CausalPolicy> {
  const policy = await createPolicy({
    config: { ...config, eos_token_id: [] },
    seed: 7,
    tokenizer: decimalTokenizer(config.vocab_size),
  });
  for (const [place, name] of [...policy.parameters.keys()].sort().entries()) {
    const parameter = policy.parameters.get(name)!;
    const size = parameter.shape.reduce((product, length) => product * length, 1);
    const values = Float32Array.from({ length: size }, (_, i) => {
      const remainder = ((i + 1) * (i + 7) * 31 + place * 977) % 1009;
      return (remainder / 1009 - 0.5) * 0.6 + (/(norm|\.ln_\w)\.weight$/.test(name) ? 1 : 0);
    });
    parameter.assign(tf.tensor(values, [...parameter.shape]));
  }
  return policy;
}

/** `[column][id]`. The last id is read as well: one more, which is never read, asks for what follows it. */
function logitsOf(policy: CausalPolicy): number[][] {
  const batch = { prompts: leftPadded([ids.slice(0, 1)]), responses: rightPadded([[...ids.slice(1), 0]]) };
  return tf.tidy(() => policy.logits(policy.hiddenStates(batch)).arraySync() as number[][][])[0]!;
}
