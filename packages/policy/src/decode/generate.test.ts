import type { SamplingOptions } from "@cai/contracts";
import { expectClose, expected, goldenModels, leftPadded, rowsOf, tinyGpt2 } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { modelFolder } from "../model-folder.fixture.ts";
import type { CausalPolicy } from "../policy.ts";
import { quantizedGenerator } from "./quantized-generator.ts";

const { prompts: promptRows, continuations } = expected.greedy;
const prompts = leftPadded(promptRows);
const draws = { seed: 7, stream: "generate", step: 3 };
const greedy: SamplingOptions = { draws, maxNewTokens: 8, temperature: 0 };
/** Ends the greedy continuations after 4, 3 and 6 tokens. */
const [stopA, stopB] = [142, 465];

onEachBackend((backend) => {
  let policy: CausalPolicy;
  beforeAll(async () => {
    policy = await loadPolicy(tinyGpt2);
  });
  afterAll(() => policy.dispose());

  test("a row ends with the token that stopped it, and the batch with its longest row", async () => {
    const { responses, behaviourLogprobs, finishReasons } = await policy.generate(prompts, { ...greedy, stopTokenIds: [stopA, stopB] });
    expect(responses.shape).toEqual([3, 6]);
    expect(rowsOf(responses)).toEqual([continuations[0]!.slice(0, 4), continuations[1]!.slice(0, 3), continuations[2]!.slice(0, 6)]);
    expect([...responses.mask]).toEqual([1, 1, 1, 1, 0, 0, /**/ 1, 1, 1, 0, 0, 0, /**/ 1, 1, 1, 1, 1, 1]);
    expect(finishReasons).toEqual(["stop", "stop", "stop"]);
    responses.mask.forEach((valid, index) => {
      expect(behaviourLogprobs[index]! < 0).toBe(valid === 1);
    });
  });

  test("rows that reach the limit say so", async () => {
    const { responses, finishReasons } = await policy.generate(prompts, { ...greedy, maxNewTokens: 5, stopTokenIds: [stopA] });
    expect(responses.shape).toEqual([3, 5]);
    expect(finishReasons).toEqual(["stop", "length", "length"]);
  });

  test("each token is heard of as it is drawn, and who hears it may end its row", async () => {
    const heard: number[][] = promptRows.map(() => []);
    const { responses, finishReasons } = await policy.generate(prompts, {
      ...greedy,
      onToken: ({ row, id }) => heard[row]!.push(id) === 3 && row === 1,
    });
    expect(heard).toEqual(rowsOf(responses));
    expect(heard.map(({ length }) => length)).toEqual([8, 3, 8]);
    expect(finishReasons).toEqual(["length", "stop", "length"]);
  });

  test("no end of text or stop token is drawn before the minimum length", async () => {
    const { responses, finishReasons } = await policy.generate(prompts, { ...greedy, minNewTokens: 4, stopTokenIds: [stopA, stopB] });
    for (const row of rowsOf(responses)) {
      expect(row.length).toBeGreaterThan(4);
      expect(row.slice(0, 4)).not.toContain(stopA);
      expect(row.slice(0, 4)).not.toContain(stopB);
    }
    expect(finishReasons.length).toBe(3);
  });

  test.each([1, 0.7])("behaviour log-probabilities equal the model's own over the kept ids, at temperature %d", async (temperature) => {
    const { responses, behaviourLogprobs } = await policy.generate(prompts, { draws, maxNewTokens: 20, temperature });
    const old = tf.tidy(() => policy.tokenLogprobs(policy.hiddenStates({ prompts, responses }), responses, { temperature }).logprobs);
    const oldLogprobs = await old.data();
    old.dispose();
    for (let index = 0; index < responses.mask.length; index++)
      if (responses.mask[index] === 1) expect(Math.abs(Math.exp(oldLogprobs[index]! - behaviourLogprobs[index]!) - 1)).toBeLessThan(1e-4);
  });

  test("what a row draws depends on its sample number, and on nothing else in the batch", async () => {
    const sampling = { maxNewTokens: 6, temperature: 1.3 };
    const together = rowsOf((await policy.generate(prompts, { ...sampling, draws })).responses);
    for (const [row, prompt] of promptRows.entries()) {
      const alone = await policy.generate(leftPadded([prompt], 12), { ...sampling, draws: { ...draws, firstSample: row } });
      expect(rowsOf(alone.responses)).toEqual([together[row]]);
    }
    const otherStep = await policy.generate(prompts, { ...sampling, draws: { ...draws, step: 4 } });
    expect(rowsOf(otherStep.responses)).not.toEqual(together);
  });

  test("top-k 1 and a tiny top-p draw the likeliest tokens", async () => {
    for (const filter of [{ topK: 1 }, { topP: 1e-6 }]) {
      const { responses, behaviourLogprobs } = await policy.generate(prompts, { draws, maxNewTokens: 5, ...filter });
      expect(rowsOf(responses)).toEqual(continuations.map((row) => row.slice(0, 5)));
      expect([...behaviourLogprobs]).toEqual(Array(15).fill(0));
    }
  });

  test(`no tensor is left behind on ${backend}, also when a draw fails or is aborted`, async () => {
    const before = tf.memory().numTensors;
    await policy.generate(prompts, greedy);
    await policy.generate(leftPadded([[1, 2, 3]]), greedy);
    await expect(policy.generate(prompts, { ...greedy, temperature: -1 })).rejects.toThrow("temperature");
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(policy.generate(prompts, { ...greedy, signal: stop.signal })).rejects.toThrow("enough");
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Answers to three prompts, of which the longer two open alike. */
const groupRows = [...Array<number[]>(3).fill([1, 2, 3, 4, 5, 6]), [9], [1, 2, 3, 7], [9], [1, 2, 3, 4, 5, 6], [1, 2, 3, 7]];

describe.each(goldenModels)("$name", ({ folder }) => {
  onEachBackend(() => {
    test("answers to one prompt, which is read once, are those that each row draws alone, by every engine", async () => {
      const base = await loadPolicy(folder);
      const adapted = addLora(base, { rank: 2 });
      for (const { name, shape, assign } of adapted.parameters.values())
        if (name.endsWith("lora_B.weight")) assign(tf.fill([...shape], 0.1));
      const before = tf.memory().numTensors;
      // Products of other numbers of rows may sum in another order: TensorFlow's own choose it by the shape. With int8 weights an activation
      // that moves by a rounding error may become the next of its 16 bits.
      const engines = [
        { engine: base, tolerance: 1e-5 },
        { engine: adapted, tolerance: 1e-5 },
        { engine: quantizedGenerator({ policy: base }), tolerance: 5e-4 },
        { engine: quantizedGenerator({ policy: adapted }), tolerance: 5e-4 },
      ];
      for (const { engine, tolerance } of engines) {
        const sampling = { maxNewTokens: 6, temperature: 1.3 };
        const together = await engine.generate(leftPadded(groupRows), { ...sampling, draws });
        const texts = rowsOf(together.responses);
        expect(new Set([0, 1, 2, 6].map((row) => texts[row]!.join())).size).toBe(4);
        for (const [row, prompt] of groupRows.entries()) {
          const alone = await engine.generate(leftPadded([prompt]), { ...sampling, draws: { ...draws, firstSample: row } });
          expect(rowsOf(alone.responses)).toEqual([texts[row]]);
          const columns = together.responses.shape[1];
          const logprobs = together.behaviourLogprobs.subarray(row * columns, row * columns + texts[row]!.length);
          expectClose(logprobs, alone.behaviourLogprobs, { tolerance });
        }
      }
      expect(tf.memory().numTensors).toBe(before);
      base.dispose();
    });
  });
});

test("ends of text are told from stop tokens", async () => {
  await tf.setBackend("cpu");
  const policy = await loadPolicy(await modelFolder({ generationConfig: { eos_token_id: [stopA, 511] } }));
  const { finishReasons } = await policy.generate(prompts, { ...greedy, maxNewTokens: 5, stopTokenIds: [stopA, stopB] });
  expect(finishReasons).toEqual(["eos", "stop", "length"]);
  policy.dispose();
});

test("a prompt may fill the context together with its new tokens, and no more", async () => {
  await tf.setBackend("cpu");
  const policy = await loadPolicy(tinyGpt2);
  const long = leftPadded([Array.from({ length: 120 }, (_, index) => index)], 130);
  const { responses } = await policy.generate(long, greedy);
  expect(responses.shape).toEqual([1, 8]);
  await expect(policy.generate(long, { ...greedy, maxNewTokens: 9 })).rejects.toMatchObject({
    code: "too-long",
    message: expect.stringMatching(/a prompt of 120 tokens and 9 new ones are 129, the model's context is 128/),
  });
  policy.dispose();
});

test("options and prompts that don't fit are refused before anything is computed", async () => {
  await tf.setBackend("cpu");
  const policy = await loadPolicy(tinyGpt2);
  const refused = async (code: string, sampling: Partial<SamplingOptions>, batch = prompts): Promise<void> => {
    await expect(policy.generate(batch, { ...greedy, ...sampling })).rejects.toMatchObject({ name: "PolicyError", code });
  };
  await refused("bad-option", { maxNewTokens: 0 });
  await refused("bad-option", { maxNewTokens: 2.5 });
  await refused("bad-option", { minNewTokens: 9 });
  await refused("bad-option", { stopTokenIds: [512] });
  await refused("id-out-of-vocabulary", {}, leftPadded([[1, 512]]));
  await refused("empty-prompt", {}, leftPadded([[1, 2], []]));
  await refused("empty-batch", {}, { ids: new Int32Array(0), mask: new Uint8Array(0), shape: [0, 4] });
  const aborted = AbortSignal.abort(new Error("before it began"));
  await expect(policy.generate(prompts, { ...greedy, signal: aborted })).rejects.toThrow("before it began");
  policy.dispose();
});
