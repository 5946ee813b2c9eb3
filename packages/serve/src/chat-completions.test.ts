import { prepareBackend } from "@cai/backend";
import { localFeedback, promptFormat } from "@cai/feedback";
import { loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { loadChatty, serve } from "./served.fixture.ts";

beforeAll(async () => {
  await prepareBackend();
});

const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "Is the sky blue?" },
];
const asked = { model: "tiny", messages, max_tokens: 10 };
const draws = { seed: 0, stream: "test", step: 0 };

test("a conversation is written by the model's chat template, and answered", async () => {
  const policy = await loadChatty();
  const { client } = await serve({ policy });
  const [local] = await localFeedback({ policy }).complete([messages], { draws, maxNewTokens: 10, temperature: 0 });
  const answer = await client.chat.completions.create({ ...asked, temperature: 0 });
  expect(answer).toMatchObject({
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: local!.text, refusal: null }, finish_reason: "length", logprobs: null }],
    usage: { completion_tokens: 10 },
  });
  expect(answer.choices[0]!.message.content).not.toBe("");
});

test("text parts are one text, and a turn of the assistant at the end is gone on with", async () => {
  const { client } = await serve({ policy: await loadChatty() });
  const ask = async (given: Parameters<typeof client.chat.completions.create>[0]["messages"]) =>
    client.chat.completions.create({ ...asked, messages: given, temperature: 0 });
  const parts = [
    { type: "text" as const, text: "Is the " },
    { type: "text" as const, text: "sky blue?" },
  ];
  const whole = await ask(messages);
  expect((await ask([messages[0]!, { role: "user", content: parts }])).choices).toEqual(whole.choices);
  const begun = await ask([...messages, { role: "assistant", content: "It is" }]);
  expect(begun.usage!.prompt_tokens).not.toBe(whole.usage!.prompt_tokens);
});

test("without a limit an answer may fill the context", async () => {
  const policy = await loadChatty();
  const { client } = await serve({ policy });
  const { usage } = await client.chat.completions.create({ model: "tiny", messages, temperature: 0 });
  expect(usage!.total_tokens).toBeLessThanOrEqual(policy.contextLength);
});

test("a stream makes up the answer, and a role opens it", async () => {
  const { client } = await serve({ policy: await loadChatty() });
  const whole = await client.chat.completions.create({ ...asked, seed: 5 });
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({ ...asked, seed: 5, stream: true })) chunks.push(chunk.choices[0]!);
  expect(chunks[0]!.delta).toEqual({ role: "assistant", content: "" });
  expect(chunks.map(({ delta }) => delta.content ?? "").join("")).toBe(whole.choices[0]!.message.content);
  expect(chunks.map(({ finish_reason: reason }) => reason)).toEqual([...chunks.slice(1).map(() => null), "length"]);
  expect(chunks.length).toBeGreaterThan(4);
});

test("log-probabilities are told of each token, with the likeliest in its place, in a stream too", async () => {
  const { client } = await serve({ policy: await loadChatty() });
  const likely = { ...asked, temperature: 0, logprobs: true, top_logprobs: 4 };
  const { choices } = await client.chat.completions.create(likely);
  const content = choices[0]!.logprobs!.content!;
  expect(
    content
      .map(({ token }) => token)
      .join("")
      .trim(),
  ).toBe(choices[0]!.message.content);
  for (const { token, bytes, logprob, top_logprobs: top } of content) {
    expect(top).toHaveLength(4);
    expect(top[0]!.logprob).toBeCloseTo(logprob, 4);
    expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a));
    expect(new TextDecoder().decode(Uint8Array.from(bytes!))).toBe(token);
  }
  const told = [];
  for await (const chunk of await client.chat.completions.create({ ...likely, stream: true }))
    told.push(...(chunk.choices[0]!.logprobs?.content ?? []));
  expect(told).toEqual(content);
});

test("a model without a chat template reads a dialogue, and stops before the next speaker; another format can be given", async () => {
  const policy = await loadPolicy(tinyGpt2);
  onTestFinished(() => policy.dispose());
  const prompt = policy.tokenizer.encode(promptFormat("dialogue").promptOf(messages) as string);
  const [plain, continued] = [await serve({ policy }), await serve({ policy, format: promptFormat("continuation") })];
  const { usage } = await plain.client.chat.completions.create(asked);
  expect(usage!.prompt_tokens).toBe(prompt.length);
  const other = await continued.client.chat.completions.create(asked);
  expect(other.usage!.prompt_tokens).toBe(policy.tokenizer.encode("Be brief.\n\nIs the sky blue?").length);
});
