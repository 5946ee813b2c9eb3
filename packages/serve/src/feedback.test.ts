import { prepareBackend } from "@cai/backend";
import { endpointFeedback, localFeedback, promptFormat } from "@cai/feedback";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { tinyGpt2 } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serve } from "./served.fixture.ts";

// A policy that is served judges as it does in the process: what likelihood-ratio labels are made of comes out the same.
let policy: CausalPolicy;
beforeAll(async () => {
  await prepareBackend();
  policy = await loadPolicy(tinyGpt2);
});
afterAll(() => policy.dispose());

const user = (content: string) => ({ role: "user", content });
const answered = [
  { messages: [user("The cat")], answer: "sat on the mat." },
  { messages: [user("Once upon a time")], answer: "there was a café 😀" },
  { messages: [user("Hello"), { role: "assistant", content: "Hi." }, user("How are you?")], answer: "Well." },
  { messages: [user("Hello")], answer: "" },
];

describe.each(["dialogue", "continuation"] as const)("as %s", (name) => {
  const format = promptFormat(name);

  test("answers are as likely through the endpoint as in the process", async () => {
    const { url } = await serve({ policy, format });
    const endpoint = endpointFeedback({ url, model: "tiny", apiKeyVariable: "", echoFormat: name, retries: 0 });
    const served = await endpoint.logprobs!(answered, {});
    const local = await localFeedback({ policy, format }).logprobs(answered, {});
    expect(served.map(({ tokens }) => tokens)).toEqual(local.map(({ tokens }) => tokens));
    for (const [index, { logprob }] of served.entries()) expect(logprob).toBeCloseTo(local[index]!.logprob, 3);
    expect(local[0]!.logprob).toBeLessThan(-1);
  });

  test("greedy answers are the same, and options have log-probabilities", async () => {
    const { url } = await serve({ policy, format });
    const endpoint = endpointFeedback({ url, model: "tiny", apiKeyVariable: "", retries: 0 });
    const conversations = answered.map(({ messages }) => messages);
    const options = { draws: { seed: 0, stream: "test", step: 0 }, maxNewTokens: 8, temperature: 0 };
    const served = await endpoint.complete(conversations, options);
    const local = await localFeedback({ policy, format }).complete(conversations, options);
    expect(served.map(({ text }) => text)).toEqual(local.map(({ text }) => text.trim()));
    const [logprobs] = await endpoint.choose!([{ messages: [user("Is the sky blue?")], options: ["Yes", "No"] }], {});
    expect(logprobs!.every((logprob) => logprob < 0)).toBe(true);
  });
});
