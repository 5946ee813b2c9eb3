import { prepareBackend } from "@cai/backend";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { completionBatch, writeTexts } from "@cai/rollouts";
import { expected, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "./served.fixture.ts";

let policy: CausalPolicy;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyGpt2);
});
afterAll(() => policy.dispose());

const asked = { model: "tiny", prompt: "Once upon", max_tokens: 12 } as const;

/** By the policy itself, without a server. */
async function greedy(prompt: string, maxNewTokens: number): Promise<string> {
  const draws = { seed: 0, stream: "test", step: 0 };
  const [written] = await writeTexts(policy, policy.tokenizer, [policy.tokenizer.encode(prompt)], { draws, maxNewTokens, temperature: 0 });
  return written!.text;
}

test("temperature 0 is greedy, and what was read and written is counted", async () => {
  const { client } = await serve({ policy });
  const answer = await client.completions.create({ ...asked, temperature: 0 });
  const prompt = policy.tokenizer.encode(asked.prompt).length;
  expect(answer).toMatchObject({
    object: "text_completion",
    model: "tiny",
    choices: [{ index: 0, text: await greedy(asked.prompt, 12), finish_reason: "length", logprobs: null }],
    usage: { prompt_tokens: prompt, completion_tokens: 12, total_tokens: prompt + 12 },
  });
});

test("token ids are prompts too, and several prompts are answered in their order, n answers each", async () => {
  const { client } = await serve({ policy });
  const { prompts, continuations } = expected.greedy;
  const answer = await client.completions.create({
    model: "tiny",
    prompt: prompts.map((ids) => [...ids]),
    max_tokens: 8,
    temperature: 0,
    n: 2,
  });
  const whole = (row: number) =>
    policy.tokenizer.decode([...prompts[row]!, ...continuations[row]!.slice(0, 8)], { skipSpecialTokens: true });
  expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  for (const [index, { text }] of answer.choices.entries()) {
    const row = Math.floor(index / 2);
    expect(policy.tokenizer.decode(prompts[row]!, { skipSpecialTokens: true }) + text).toBe(whole(row));
  }
});

test("a seed gives the same answers every time, n different ones; without one every request draws anew", async () => {
  const { client } = await serve({ policy });
  const texts = async (seed?: number) => {
    const { choices } = await client.completions.create({ ...asked, n: 3, ...(seed !== undefined && { seed }) });
    return choices.map(({ text }) => text);
  };
  const first = await texts(7);
  expect(new Set(first).size).toBe(3);
  expect(await texts(7)).toEqual(first);
  expect(await texts(8)).not.toEqual(first);
  expect(await texts()).not.toEqual(await texts());
});

test("a text ends before a stop text", async () => {
  const { client } = await serve({ policy });
  const whole = await greedy("The cat", 12); // … briss|ed ra|in st
  const answer = await client.completions.create({ ...asked, prompt: "The cat", temperature: 0, stop: ["ed ra", "never written"] });
  expect(answer.choices[0]).toMatchObject({ text: whole.slice(0, whole.indexOf("ed ra")), finish_reason: "stop" });
  expect(answer.usage!.completion_tokens).toBeLessThan(12);
});

test("a stream makes up the whole answer, piece by piece", async () => {
  const { client } = await serve({ policy });
  const drawn = { ...asked, n: 2, seed: 3, echo: true };
  const whole = await client.completions.create(drawn);
  const texts = ["", ""];
  const reasons: string[] = [];
  let pieces = 0;
  let usage: unknown;
  for await (const chunk of await client.completions.create({ ...drawn, stream: true, stream_options: { include_usage: true } })) {
    usage = chunk.usage ?? usage;
    for (const { index, text, finish_reason: reason } of chunk.choices) {
      texts[index] += text;
      pieces += 1;
      if (reason !== null) reasons[index] = reason;
    }
  }
  expect(texts).toEqual(whole.choices.map(({ text }) => text));
  expect(reasons).toEqual(whole.choices.map(({ finish_reason: reason }) => reason));
  expect(usage).toEqual(whole.usage);
  expect(pieces).toBeGreaterThan(10);
});

test("echo gives the prompt's tokens with the model's own log-probabilities, whatever the temperature is", async () => {
  const { client } = await serve({ policy });
  const prompt = "The café was closed.";
  const { choices } = await client.completions.create({ ...asked, prompt, temperature: 0.5, echo: true, logprobs: 3 });
  const { tokens, token_logprobs: logprobs, top_logprobs: top, text_offset: offsets } = choices[0]!.logprobs!;
  expect(tokens!.join("")).toBe(choices[0]!.text);
  expect(choices[0]!.text.startsWith(prompt)).toBe(true);
  expect(logprobs![0]).toBeNull();
  expect(offsets!.slice(0, 3)).toEqual([0, tokens![0]!.length, tokens![0]!.length + tokens![1]!.length]);

  const promptIds = policy.tokenizer.encode(prompt);
  const batch = completionBatch([{ promptIds: promptIds.slice(0, 1), completionIds: promptIds.slice(1) }]);
  const own = tf.tidy(() => policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1 }).logprobs.dataSync());
  for (const [place, logprob] of own.entries()) expect(logprobs![place + 1]).toBeCloseTo(logprob, 4);
  for (const [place, alternatives] of (top as unknown as (Record<string, number> | null)[]).slice(1).entries()) {
    const values = Object.values(alternatives!);
    expect(values.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeLessThan(1 + 1e-5);
    expect(alternatives![tokens![place + 1]!]).toBe(logprobs![place + 1]);
    expect(Math.max(...values)).toBeGreaterThanOrEqual(logprobs![place + 1]!);
  }
});

test("max_tokens 0 with echo reads the prompt alone", async () => {
  const { client } = await serve({ policy });
  const { choices, usage } = await client.completions.create({ ...asked, max_tokens: 0, echo: true, logprobs: 0 });
  expect(choices[0]).toMatchObject({ text: asked.prompt, finish_reason: "length" });
  expect(choices[0]!.logprobs!.tokens!.join("")).toBe(asked.prompt);
  expect(usage!.completion_tokens).toBe(0);
});

test("greedy tokens are the likeliest ones, and tokens of a stop text are left out", async () => {
  const { client } = await serve({ policy });
  const { choices } = await client.completions.create({ ...asked, prompt: "The cat", temperature: 0, logprobs: 1, stop: "ed ra" });
  const { tokens, top_logprobs: top } = choices[0]!.logprobs!;
  for (const alternatives of top!) expect(Object.keys(alternatives)).toHaveLength(1);
  expect(choices[0]!.text).toMatch(/ briss$/);
  expect(tokens!.slice(-2)).toEqual([expect.stringMatching(/ bri$/), "ssed"]);
});
