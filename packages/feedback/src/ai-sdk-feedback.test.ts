import type { FinishReason } from "ai";
import { MockLanguageModelV2 } from "ai/test";
import { expect, test, vi } from "vitest";
import { type AiSdkModel, aiSdkFeedback } from "./ai-sdk-feedback.ts";
import { drawSeed } from "./draw-seed.ts";

const draws = { seed: 7, stream: "revise", step: 2 };
const sampled = { draws, maxNewTokens: 16, temperature: 0.7 };
const user = (content: string) => ({ role: "user", content });

type Call = MockLanguageModelV2["doGenerateCalls"][number];
const contentOf = ({ prompt }: Call) => JSON.stringify(prompt.at(-1)?.content);

/** A model of the AI SDK that answers with what was asked last. */
const echoing = (answer: (call: Call) => string | Promise<string> = contentOf, finishReason: FinishReason = "stop") =>
  new MockLanguageModelV2({
    provider: "mock",
    modelId: "tiny",
    doGenerate: async (call) => ({
      content: [{ type: "text", text: await answer(call) }],
      finishReason,
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      warnings: [],
    }),
  });

test("conversations are answered in their order, each with the seed of its sample", async () => {
  const model = echoing(({ prompt }) => ` ${(prompt.at(-1)!.content as { text: string }[])[0]!.text}!\n`);
  const feedback = aiSdkFeedback(model);
  expect(await feedback.complete([[user("one")], [user("two")]], sampled)).toEqual(
    ["one!", "two!"].map((text) => ({ text, ending: "finished" })),
  );
  expect(model.doGenerateCalls).toMatchObject(
    [0, 1].map((index) => ({ seed: drawSeed(draws, index), maxOutputTokens: 16, temperature: 0.7 })),
  );
  expect(feedback).toMatchObject({ identity: "mock tiny" });
  expect(Object.keys(feedback).sort()).toEqual(["complete", "identity"]); // no log-probabilities
});

test.each([
  ["stop", "finished"],
  ["length", "cut"],
  ["content-filter", "cut"],
  ["other", "unknown"],
  ["unknown", "unknown"],
] as const)("a finish reason of %s says: %s", async (finishReason, ending) => {
  const [answer] = await aiSdkFeedback(echoing(() => "Yes.", finishReason)).complete([[user("one")]], sampled);
  expect(answer).toEqual({ text: "Yes.", ending });
});

test("at temperature 0 no seed is sent", async () => {
  const model = echoing();
  await aiSdkFeedback(model).complete([[user("one")]], { ...sampled, temperature: 0 });
  expect(model.doGenerateCalls[0]!.seed).toBeUndefined();
  expect(model.doGenerateCalls[0]!.temperature).toBe(0);
});

test("what the system says and earlier turns are sent", async () => {
  const model = echoing();
  const system = { role: "system", content: "Be brief." };
  await aiSdkFeedback(model).complete([[system, user("Hi"), { role: "assistant", content: "Hello." }, user("Why?")]], sampled);
  expect(model.doGenerateCalls[0]!.prompt).toMatchObject([
    system,
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    { role: "assistant", content: [{ type: "text", text: "Hello." }] },
    { role: "user", content: [{ type: "text", text: "Why?" }] },
  ]);
});

test("a bounded number is asked at a time", async () => {
  let [atOnce, most] = [0, 0];
  const model = echoing(async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    return "Yes.";
  });
  const conversations = Array.from({ length: 7 }, (_, place) => [user(`${place}`)]);
  expect(await aiSdkFeedback(model, { concurrency: 2 }).complete(conversations, sampled)).toHaveLength(7);
  expect(most).toBe(2);
});

test("a model that fails is an error that names it and the conversation", async () => {
  const model = echoing(() => Promise.reject(new Error("no such model")));
  await expect(aiSdkFeedback(model, { retries: 0 }).complete([[user("one")]], sampled)).rejects.toMatchObject({
    code: "endpoint-failed",
    message: 'conversation 1 of 1 ("one"): mock tiny gave no answer: no such model',
  });
});

test("an abort rejects with its reason, also where the model doesn't heed it", async () => {
  const abort = new AbortController();
  const asked = vi.fn(() => {
    abort.abort(new Error("stopped"));
    return new Promise<never>(() => {});
  });
  await expect(aiSdkFeedback(echoing(asked)).complete([[user("one")]], { ...sampled, signal: abort.signal })).rejects.toThrow("stopped");
  await expect(aiSdkFeedback(echoing(asked)).complete([[user("one")]], { ...sampled, signal: abort.signal })).rejects.toThrow("stopped");
  expect(asked).toHaveBeenCalledOnce();
});

test.each([
  [[{ role: "user", content: [{ type: "text", text: "Hi" }] }], "unreadable-message", "expected a text of system, user or assistant"],
  [[{ role: "tool", content: "7" }], "unreadable-message", 'a message of role tool holds "7"'],
  [[{ role: "system", content: "Be brief." }], "bad-question", "it has no message of the user"],
  [[], "bad-question", 'conversation 2 of 2 ("no message"): it has no message'],
  [[user("Which?"), { role: "assistant", content: "(" }], "bad-question", "it ends with the assistant's turn"],
])("the conversation %j is refused before anything is asked", async (messages, code, message) => {
  const model = echoing();
  await expect(aiSdkFeedback(model).complete([[user("one")], messages], sampled)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
  expect(model.doGenerateCalls).toEqual([]);
});

test("without the AI SDK it says what to install", async () => {
  vi.doMock("ai", () => {
    throw new Error("Cannot find package 'ai'");
  });
  await expect(aiSdkFeedback(echoing()).complete([[user("one")]], sampled)).rejects.toMatchObject({
    code: "missing-package",
    message: "the AI SDK can't be loaded: npm install ai",
  });
  vi.doUnmock("ai");
  expect(await aiSdkFeedback(echoing()).complete([], sampled)).toEqual([]);
});

test("what is no model, or no count, is refused", () => {
  expect(() => aiSdkFeedback("gpt" as unknown as AiSdkModel)).toThrow("the model is no language model of the AI SDK");
  expect(() => aiSdkFeedback(undefined as unknown as AiSdkModel)).toThrow("the model is no language model of the AI SDK");
  expect(() => aiSdkFeedback(echoing(), { concurrency: 0 })).toThrow("concurrency is 0: expected a whole number from 1");
  expect(() => aiSdkFeedback(echoing(), { retries: 0.5 })).toThrow("retries is 0.5");
});
