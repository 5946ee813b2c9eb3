import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareBackend } from "@cai/backend";
import type { FinishReason } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { rightPadded, temporaryFolder, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { localFeedback } from "./local-feedback.ts";
import { promptFormat } from "./prompt-format.ts";

let policy: CausalPolicy;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyGpt2);
});
afterAll(() => policy.dispose());

const user = (content: string) => ({ role: "user", content });
const asked = (...contents: readonly string[]) => contents.map((content) => [user(content)]);
const continuation = promptFormat("continuation");
const draws = { seed: 7, stream: "test", step: 0 };
const sampled = { draws, maxNewTokens: 6, temperature: 1 };

/** Σ log softmax of the tokens of `text` behind those of `prompt`, from the model's logits, in float64. */
function sumByHand(prompt: Int32Array, answer: Int32Array): number {
  const ones = (length: number) => new Uint8Array(length).fill(1);
  const logits = tf.tidy(() => {
    const hidden = policy.hiddenStates({
      prompts: { ids: prompt, mask: ones(prompt.length), shape: [1, prompt.length] },
      responses: { ids: answer, mask: ones(answer.length), shape: [1, answer.length] },
    });
    return policy.logits(hidden).squeeze([0]).arraySync() as number[][];
  });
  return logits.reduce((sum, row, place) => {
    const most = Math.max(...row);
    return sum + row[answer[place]!]! - most - Math.log(row.reduce((all, logit) => all + Math.exp(logit - most), 0));
  }, 0);
}

test("the log-probability of an answer is the sum over its tokens, without the end of the text", async () => {
  const { tokenizer } = policy;
  const model = localFeedback({ policy, format: continuation, batchSize: 2 });
  const pairs = [
    ["The cat", " sat on the mat."],
    ["Once upon a time there was", " a"],
    ["Hello", ", how are you? I am well, and so is the cat."],
  ] as const;
  const given = pairs.map(([prompt, answer]) => ({ messages: [user(prompt)], answer }));
  const results = await model.logprobs(given, {});
  for (const [index, [prompt, answer]] of pairs.entries()) {
    const [promptIds, ids] = [tokenizer.encode(prompt), tokenizer.encode(answer)];
    expect(tokenizer.encode(prompt + answer)).toEqual(Int32Array.of(...promptIds, ...ids)); // no token goes over the boundary here
    expect(results[index]!.logprob).toBeCloseTo(sumByHand(promptIds, ids), 3);
    expect(results[index]!.tokens).toBe(ids.length);
  }
});

test("an answer of no tokens has probability 1, among others too", async () => {
  const model = localFeedback({ policy, format: continuation });
  const [empty, other] = await model.logprobs(
    ["", " sat"].map((answer) => ({ messages: [user("The cat")], answer })),
    {},
  );
  expect(empty).toEqual({ logprob: 0, tokens: 0 });
  expect(other!.logprob).toBeLessThan(0);
});

test("options of a choice have the log-probabilities of their tokens, whether one or several", async () => {
  const { tokenizer } = policy;
  const model = localFeedback({ policy, batchSize: 2 });
  const prompt = (question: string) => tokenizer.encode(`\n\nHuman: ${question}\n\nAssistant:`);
  const choices = [
    { messages: [user("Which?")], options: ["the", "is"] },
    { messages: [user("Is it late?")], options: ["Certainly", "it", "Not at all"] },
    { messages: [user("Which of them is better?")], options: ["it", "the", "I"] },
    { messages: [user("Or which?")], options: ["A", "B"] },
  ];
  const results = await model.choose(choices, {});
  expect(results.map((row) => row.length)).toEqual([2, 3, 3, 2]);
  const lengths = choices.map(({ options }) => options.map((option) => tokenizer.encode(` ${option}`).length));
  expect(lengths[0]).toEqual([1, 1]); // read at once
  expect(Math.max(...lengths[1]!)).toBeGreaterThan(1);
  for (const [index, { messages, options }] of choices.entries())
    for (const [place, option] of options.entries())
      expect(results[index]![place]).toBeCloseTo(sumByHand(prompt(messages[0]!.content), tokenizer.encode(` ${option}`)), 3);
});

test("each conversation is read once where every option is a token", async () => {
  const read = vi.spyOn(policy, "hiddenStates");
  onTestFinished(() => read.mockRestore());
  await localFeedback({ policy }).choose([{ messages: [user("Which?")], options: ["the", "is", "it"] }], {});
  expect(read.mock.calls.map(([{ prompts }]) => prompts.shape[0])).toEqual([1]);
});

test("answers are drawn as samples by their places, whatever the passes and whatever was asked before", async () => {
  const conversations = asked("Hello", "The cat", "Why?", "It is late, and", "Once");
  const model = localFeedback({ policy, format: continuation, batchSize: 2 });
  const answers = await model.complete(conversations, sampled);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(5);
  expect(await model.complete(conversations, sampled)).toEqual(answers);
  expect(await localFeedback({ policy, format: continuation, batchSize: 5 }).complete(conversations, sampled)).toEqual(answers);
  const later = { ...sampled, draws: { ...draws, firstSample: 3 } };
  expect(await model.complete(conversations.slice(3), later)).toEqual(answers.slice(3));
});

test("an answer is finished where the policy ended it or began the next turn, cut at the limit, and open there where texts have no end", async () => {
  const { tokenizer } = policy;
  const says = { Why: " Because.\n\nHuman: And", Long: " Because of the light of the sun", End: " Because." };
  const rows = Object.values(says).map((text) => [...tokenizer.encode(text)]);
  rows[2]!.push(tokenizer.eosTokenId!);
  const finishReasons: FinishReason[] = ["length", "length", "eos"];
  const generate = vi.spyOn(policy, "generate").mockImplementation(async () => {
    const responses = rightPadded(rows);
    return {
      responses: { ...responses, ids: responses.ids.map((id) => Math.max(id, 0)) },
      behaviourLogprobs: new Float32Array(responses.ids.length),
      finishReasons,
    };
  });
  onTestFinished(() => generate.mockRestore());
  const ask = (name: "dialogue" | "continuation") =>
    localFeedback({ policy, format: promptFormat(name) }).complete(asked(...Object.keys(says)), { ...sampled, maxNewTokens: 64 });
  expect(await ask("dialogue")).toEqual([
    { text: "Because.", ending: "finished" },
    { text: "Because of the light of the sun", ending: "cut" },
    { text: "Because.", ending: "finished" },
  ]);
  expect(await ask("continuation")).toEqual([
    { text: says.Why, ending: "open" },
    { text: says.Long, ending: "open" },
    { text: says.End, ending: "finished" },
  ]);
});

test("a temperature of 0 asks for the likeliest tokens, whatever the draws", async () => {
  const model = localFeedback({ policy, format: continuation });
  const greedy = { draws, maxNewTokens: 4, temperature: 0 };
  const answers = await model.complete(asked("The cat", "Hello"), greedy);
  expect(await model.complete(asked("The cat", "Hello"), { ...greedy, draws: { ...draws, seed: 8 } })).toEqual(answers);
  expect(await model.complete(asked("The cat", "Hello"), { ...greedy, temperature: 1 })).not.toEqual(answers);
});

test("a model with a chat template is asked through it", async () => {
  const folder = await temporaryFolder();
  await cp(tinyGpt2, folder, { recursive: true });
  await writeFile(
    join(folder, "chat_template.jinja"),
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}",
  );
  const chat = await loadPolicy(folder);
  const model = localFeedback({ policy: chat });
  expect(model.identity).toBe(`${chat.identity.sha256} chat`);
  const [result] = await model.logprobs([{ messages: [user("Hi")], answer: "Yes." }], {});
  const prompt = chat.tokenizer.encode("<user>Hi\n<assistant>");
  const answer = chat.tokenizer.encode("<user>Hi\n<assistant>Yes.").subarray(prompt.length);
  expect(result!.logprob).toBeCloseTo(sumByHand(prompt, answer), 3);
  const read = vi.spyOn(chat, "generate");
  expect(await model.complete(asked("Hi"), sampled)).toHaveLength(1);
  expect(read.mock.calls[0]![0].ids).toEqual(prompt);
  chat.dispose();
});

test("no tensor is left behind", async () => {
  const model = localFeedback({ policy, batchSize: 2 });
  const before = tf.memory().numTensors;
  await model.complete(asked("Hello", "The cat", "Why?"), sampled);
  await model.logprobs([{ messages: [user("Hello")], answer: "Yes." }], {});
  await model.choose([{ messages: [user("Which?")], options: ["the", "is"] }], {});
  await model.choose([{ messages: [user("Which?")], options: ["Certainly", "Not at all"] }], {});
  expect(tf.memory().numTensors).toBe(before);
});

test("nothing asked is nothing answered", async () => {
  const model = localFeedback({ policy });
  expect(await model.complete([], sampled)).toEqual([]);
  expect(await model.choose([], {})).toEqual([]);
  expect(await model.logprobs([], {})).toEqual([]);
});

test("a conversation that is longer than the context is named", async () => {
  const model = localFeedback({ policy, format: continuation });
  const long = "cat ".repeat(200);
  await expect(model.complete(asked("Hello", long), sampled)).rejects.toThrow(
    /^prompt 2 of 2 has \d+ tokens, which with 6 new ones exceed/,
  );
  await expect(model.choose([{ messages: [user(long)], options: ["A", "B"] }], {})).rejects.toMatchObject({
    code: "too-long",
    message: expect.stringMatching(
      /^choice 1 of 1 \("cat cat .*…"\): with its answer it has \d+ tokens, more than the model's context of 128/,
    ),
  });
  const given = ["Hello", "cat"].map((content) => ({ messages: [user(content)], answer: content === "cat" ? long : "Yes." }));
  await expect(model.logprobs(given, {})).rejects.toThrow('answer 2 of 2 ("cat"): with its answer it has');
});

test("the context itself may be filled, and one token more may be judged", async () => {
  const model = localFeedback({ policy, format: continuation });
  const messages = [user("x".repeat(policy.contextLength))];
  expect(policy.tokenizer.encode(`${messages[0]!.content}y`)).toHaveLength(policy.contextLength + 1);
  const [result] = await model.logprobs([{ messages, answer: "y" }], {});
  expect(result).toEqual({ logprob: expect.any(Number), tokens: 1 });
  await expect(model.logprobs([{ messages, answer: "yy" }], {})).rejects.toThrow("with its answer it has 130 tokens");
});

test.each([
  [["A"], "expected two at least"],
  [["A", " "], "expected some text in each"],
  [["A", "A"], "expected each once"],
])("a choice of %o is refused", async (options, message) => {
  await expect(localFeedback({ policy }).choose([{ messages: [user("Which?")], options }], {})).rejects.toThrow(
    `choice 1 of 1 ("Which?"): its options are ${JSON.stringify(options)}: ${message}`,
  );
});

test("a message that the format can't write is named, with its conversation", async () => {
  const messages = [{ role: "tool", content: "7" }];
  await expect(localFeedback({ policy }).complete([[user("Hi")], messages], sampled)).rejects.toMatchObject({
    code: "unreadable-message",
    message: expect.stringContaining('conversation 2 of 2 ("7"): a message has the role "tool"'),
  });
});

test("an abort rejects with its reason, before and between passes", async () => {
  const model = localFeedback({ policy, batchSize: 1 });
  const before = { signal: AbortSignal.abort(new Error("stopped")) };
  await expect(model.complete(asked("Hello"), { ...sampled, ...before })).rejects.toThrow("stopped");
  await expect(model.choose([], before)).rejects.toThrow("stopped");
  const abort = new AbortController();
  const read = vi.spyOn(policy, "hiddenStates");
  onTestFinished(() => read.mockRestore());
  const given = ["Hello", "The cat", "Why?"].map((content) => ({ messages: [user(content)], answer: "Yes." }));
  const scored = model.logprobs(given, { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(scored).rejects.toThrow("stopped");
  expect(read.mock.calls.length).toBeLessThan(3);
});

test("options that are none are refused", () => {
  expect(() => localFeedback({ policy, batchSize: 0 })).toThrow("batchSize is 0");
  expect(() => localFeedback({ policy, batchsize: 2 } as object as { policy: CausalPolicy })).toThrow("did you mean batchSize?");
  expect(() => localFeedback({} as { policy: CausalPolicy })).toThrow("policy is missing; expected a policy, as loadPolicy gives it");
});
