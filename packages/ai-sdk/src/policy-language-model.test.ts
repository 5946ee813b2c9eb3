import { prepareBackend } from "@cai/backend";
import { localFeedback, promptFormat } from "@cai/feedback";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import { generateText, streamText, tool } from "ai";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { policyLanguageModel, type WritingPolicy } from "./policy-language-model.ts";

let policy: CausalPolicy;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyGpt2);
  vi.stubGlobal("AI_SDK_LOG_WARNINGS", false);
});
afterAll(() => {
  policy.dispose();
  vi.unstubAllGlobals();
});

const messages = [{ role: "user" as const, content: "Is the sky blue?" }];
const asked = { messages, maxOutputTokens: 12, maxRetries: 0 };
const draws = { seed: 0, stream: "test", step: 0 };

/** By the policy in this process. */
async function greedy(): Promise<string> {
  const [answer] = await localFeedback({ policy }).complete([messages], { draws, maxNewTokens: 12, temperature: 0 });
  return answer!.text;
}

test("generateText has the policy's greedy answer at temperature 0, and counts tokens", async () => {
  const model = policyLanguageModel({ policy, modelId: "mine" });
  const { text, finishReason, usage, warnings, response } = await generateText({ ...asked, model, temperature: 0 });
  const prompt = policy.tokenizer.encode(promptFormat("dialogue").promptOf(messages) as string);
  expect(text).toBe(await greedy());
  expect([finishReason, usage.inputTokens, usage.outputTokens, response.modelId]).toEqual(["length", prompt.length, 12, "mine"]);
  expect(warnings ?? []).toEqual([]);
});

test("streamText makes up the same text, in pieces of whole characters", async () => {
  const model = policyLanguageModel({ policy });
  const { text } = await generateText({ ...asked, model, seed: 3 });
  const streamed = streamText({ ...asked, model, seed: 3 });
  const pieces: string[] = [];
  for await (const piece of streamed.textStream) pieces.push(piece);
  expect(pieces.join("")).toBe(text);
  expect(pieces.length).toBeGreaterThan(2);
  expect([await streamed.finishReason, (await streamed.usage).outputTokens]).toEqual(["length", 12]);
});

test("a seed gives the same answer every time, and calls without one draw anew", async () => {
  const model = policyLanguageModel({ policy });
  const write = async (seed?: number) => (await generateText({ ...asked, model, ...(seed !== undefined && { seed }) })).text;
  expect(await write(5)).toBe(await write(5));
  expect(await write(5)).not.toBe(await write(6));
  expect(await write()).not.toBe(await write());
});

test("an answer ends before a stop sequence", async () => {
  const model = policyLanguageModel({ policy, format: promptFormat("continuation") });
  const cat = { model, prompt: "The cat", maxOutputTokens: 12, temperature: 0 };
  const { text: whole } = await generateText(cat); // … briss|ed ra|in st
  const { text, finishReason } = await generateText({ ...cat, stopSequences: ["ed ra"] });
  expect(text).toBe(whole.slice(0, whole.indexOf("ed ra")));
  expect(finishReason).toBe("stop");
});

describe("what a policy can't do", () => {
  const weather = tool({ description: "the weather", inputSchema: z.object({}), execute: async () => "fine" });

  test("settings that it passes over are warned of", async () => {
    const model = policyLanguageModel({ policy });
    const { warnings } = await generateText({ ...asked, model, tools: { weather }, presencePenalty: 1, frequencyPenalty: 1 });
    const features = warnings!.map((warning) => (warning.type === "unsupported" ? warning.feature : warning.type));
    expect(features).toEqual(["tools", "presencePenalty", "frequencyPenalty"]);
  });

  test("a tool that must be called, an image and a conversation that is too long are refused", async () => {
    const model = policyLanguageModel({ policy });
    await expect(generateText({ ...asked, model, tools: { weather }, toolChoice: "required" })).rejects.toMatchObject({
      code: "unsupported",
      message: "toolChoice is required: this model calls no tools; leave it out",
    });
    const image = [
      { role: "user" as const, content: [{ type: "file" as const, mediaType: "image/png", data: new Uint8Array([137, 80, 78, 71]) }] },
    ];
    await expect(generateText({ ...asked, model, messages: image })).rejects.toMatchObject({
      code: "unsupported",
      message: "message 1 of 1 (user) has a part of type file: this model reads text only",
    });
    await expect(generateText({ ...asked, model, maxOutputTokens: 128 })).rejects.toMatchObject({ code: "too-long" });
  });
});

test("calls are answered one after the other", async () => {
  let [atOnce, most] = [0, 0];
  const counting: WritingPolicy = {
    tokenizer: policy.tokenizer,
    contextLength: policy.contextLength,
    async generate(prompts, sampling) {
      atOnce += 1;
      most = Math.max(most, atOnce);
      const generation = await policy.generate(prompts, sampling);
      atOnce -= 1;
      return generation;
    },
  };
  const model = policyLanguageModel({ policy: counting });
  await Promise.all(Array.from({ length: 3 }, () => generateText({ ...asked, model })));
  expect(most).toBe(1);
});

test("an abort ends the writing, and so does a reader that leaves", async () => {
  const signals: AbortSignal[] = [];
  const watched: WritingPolicy = {
    tokenizer: policy.tokenizer,
    contextLength: policy.contextLength,
    generate(prompts, sampling) {
      signals.push(sampling.signal!);
      return policy.generate(prompts, sampling);
    },
  };
  const model = policyLanguageModel({ policy: watched });
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hello" }] }];
  const { stream } = await model.doStream({ prompt });
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const aborting = AbortSignal.abort(new Error("enough"));
  await expect(model.doGenerate({ prompt, abortSignal: aborting })).rejects.toThrow("enough");
});

test("a policy that fails while it writes ends the stream with its error", async () => {
  const failing: WritingPolicy = {
    tokenizer: policy.tokenizer,
    contextLength: policy.contextLength,
    generate: () => Promise.reject(new Error("out of memory")),
  };
  const errors: unknown[] = [];
  const streamed = streamText({
    ...asked,
    model: policyLanguageModel({ policy: failing }),
    onError: ({ error }) => void errors.push(error),
  });
  for await (const _ of streamed.textStream);
  expect(errors).toMatchObject([{ message: "out of memory" }]);
});

test("options that are none are refused", () => {
  expect(() => policyLanguageModel({ policy, modelID: "mine" } as never)).toThrow("unknown option modelID: did you mean modelId?");
  expect(() => policyLanguageModel({ policy: "gpt2" } as never)).toThrow("policy is none: expected a policy");
  expect(() => policyLanguageModel({ policy, seed: -1 })).toThrow("seed is -1: expected a whole number from 0");
});
