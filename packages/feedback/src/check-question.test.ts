import { CaiError } from "@cai/contracts";
import { expect, test } from "vitest";
import { checkChoice, eachAsked, forEachAsked } from "./check-question.ts";
import { FeedbackError } from "./error.ts";

const asked = ["one", "two", "and a third one, which is longer than a message shows"].map((content) => ({
  messages: [{ role: "user", content }],
}));
const third = 'choice 3 of 3 ("and a third one, which is longer than a …"): ';
const failAtThird = (error: Error) => (one: (typeof asked)[number]) => {
  if (one === asked[2]) throw error;
  return one.messages.length;
};

test("each is done in its place, at once or later", async () => {
  expect(forEachAsked(asked, "choice", ({ messages }) => messages[0]!.content.length)).toEqual([3, 3, 53]);
  expect(await eachAsked(asked, "choice", async (_, index) => index)).toEqual([0, 1, 2]);
});

test("an error of ours says in which it was, and keeps its code and cause", async () => {
  const own = new FeedbackError("too-long", "it is too long");
  const named = { code: "too-long", message: `${third}it is too long`, cause: own };
  expect(() => forEachAsked(asked, "choice", failAtThird(own))).toThrow(expect.objectContaining(named));
  await expect(eachAsked(asked, "choice", async (one) => failAtThird(own)(one))).rejects.toMatchObject(named);
});

test("one of another package is about the question", () => {
  const other = new CaiError("chat-template-failed", "roles must alternate");
  expect(() => forEachAsked(asked, "choice", failAtThird(other))).toThrow(
    expect.objectContaining({ code: "bad-question", message: `${third}roles must alternate` }),
  );
});

test("any other error is passed on as it is", async () => {
  const fault = new TypeError("undefined is no function");
  expect(() => forEachAsked(asked, "choice", failAtThird(fault))).toThrow(fault);
  await expect(eachAsked(asked, "choice", async (one) => failAtThird(fault)(one))).rejects.toBe(fault);
});

test("a conversation without messages is named so", () => {
  const fails = () => {
    throw new FeedbackError("bad-question", "it is empty");
  };
  expect(() => forEachAsked([{ messages: [] }], "conversation", fails)).toThrow('conversation 1 of 1 ("no message"): it is empty');
});

test("a choice needs two options, each some text, each once", () => {
  const messages = asked[0]!.messages;
  expect(() => checkChoice({ messages, options: ["A", "B"] })).not.toThrow();
  expect(() => checkChoice({ messages, options: [] })).toThrow("its options are []: expected two at least");
  expect(() => checkChoice({ messages, options: ["A", ""] })).toThrow("expected some text in each");
  expect(() => checkChoice({ messages, options: ["A", "A"] })).toThrow("expected each once");
});
