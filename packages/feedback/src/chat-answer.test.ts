import { expect, test } from "vitest";
import { chatCompletion, chatTopLogprobs } from "./chat-answer.ts";

const name = "feedback endpoint http://host/v1";
const answered = (message: unknown, finish_reason = "stop") => ({ choices: [{ message, finish_reason }] });
const withTop = (top_logprobs: unknown) => ({ choices: [{ logprobs: { content: [{ top_logprobs }] } }] });

test("the text is the first choice's, trimmed; a refusal by a field of its own is one", () => {
  const textOf = (message: unknown) => chatCompletion(answered(message), name).text;
  expect(textOf({ content: " Yes.\n" })).toBe("Yes.");
  expect(textOf({ content: "" })).toBe("");
  expect(textOf({ content: null, refusal: "I can't." })).toBe("I can't.");
});

test.each([
  ["stop", "finished"],
  ["length", "cut"],
  ["content_filter", "cut"],
  ["tool_calls", "unknown"],
  [null, "unknown"],
  [undefined, "unknown"],
  [7, "unknown"],
])("a finish_reason of %j says: %s", (finish_reason, ending) => {
  expect(chatCompletion({ choices: [{ message: { content: "Yes." }, finish_reason }] }, name)).toEqual({ text: "Yes.", ending });
});

test.each([
  [null, "gave no choices: null"],
  ["hello", 'gave no choices: "hello"'],
  [{ error: { message: "sk-key" } }, "gave no choices: an object with error"],
  [{ choices: [] }, "gave no choices: an object with choices"],
  [{ choices: [null] }, "gave no choices: an object with choices"],
  [{ choices: [{}] }, "gave no text in choices[0].message.content but nothing (finish_reason nothing)"],
  [answered({ content: 7 }), "gave no text in choices[0].message.content but 7"],
  [answered({ content: null }, "length"), '(finish_reason "length"); it was cut: raise maxNewTokens'],
])("an answer of %j is refused", (answer, message) => {
  expect(() => chatCompletion(answer, name)).toThrow(`${name} gave no`);
  expect(() => chatCompletion(answer, name)).toThrow(message);
});

test("the likeliest tokens are read without what else is there", () => {
  expect(chatTopLogprobs(withTop([{ token: "A", logprob: -0.1, bytes: [65] }]), name)).toEqual([{ token: "A", logprob: -0.1 }]);
});

test.each([undefined, null, [], "A", {}])("top_logprobs of %j are refused, with what to do", (top) => {
  expect(() => chatTopLogprobs(withTop(top), name)).toThrow("if it can't, set the option topLogprobs to 0");
});

test.each([{ choices: [{}] }, { choices: [{ logprobs: null }] }, { choices: [{ logprobs: { content: null } }] }])(
  "so is an answer without: %j",
  (answer) => {
    expect(() => chatTopLogprobs(answer, name)).toThrow("if it can't, set the option topLogprobs to 0");
  },
);

test.each([[null], [{ token: "A" }], [{ token: 1, logprob: -1 }], [{ token: "A", logprob: null }], [{ token: "A", logprob: "-1" }]])(
  "%j is no token with its log-probability",
  (one) => {
    expect(() => chatTopLogprobs(withTop([one]), name)).toThrow("in top_logprobs: expected a token and its logprob");
  },
);
