import type { Choice, FeedbackModel } from "@cai/feedback";
import { expect, test } from "vitest";
import { slicedFeedback } from "./sliced-feedback.ts";

/** Answers with the number of the sample, and notes how many questions came at once. */
function numbering(): FeedbackModel & { readonly slices: number[] } {
  const slices: number[] = [];
  return {
    identity: "numbering",
    slices,
    async complete(conversations, { draws }) {
      slices.push(conversations.length);
      return conversations.map((_, row) => ({ text: String((draws.firstSample ?? 0) + row), ending: "finished" }));
    },
    async choose(choices) {
      slices.push(choices.length);
      return choices.map(({ options }) => options.map((option) => -option.length));
    },
  };
}
const question = [{ role: "user", content: "?" }];
const drawing = { draws: { seed: 1, stream: "label", step: 0, firstSample: 10 }, maxNewTokens: 1, temperature: 1 };

test("questions go in slices, each as the sample that it is, and the answers come in their order", async () => {
  const model = numbering();
  const sliced = slicedFeedback({ feedback: model, rowsPerJob: 2 });
  const texts = (await sliced.complete([question, question, question], drawing)).map(({ text }) => text);
  const choice = (...options: string[]): Choice => ({ messages: question, options });
  const chosen = await sliced.choose!([choice("a", "bb"), choice("c", "d"), choice("eee", "f")], {});
  expect([texts, chosen]).toEqual([["10", "11", "12"], [[-1, -2], [-1, -1], [-3, -1]]]); // biome-ignore format: a line
  expect(model.slices).toEqual([2, 1, 2, 1]);
});

test("it is the model that it asks: by its name, and by what it can", () => {
  const sliced = slicedFeedback({ feedback: numbering(), rowsPerJob: 2 });
  expect([sliced.identity, sliced.logprobs]).toEqual(["numbering", undefined]);
});

test("nothing is asked of nothing, or after an abort, and a slice holds a question at least", async () => {
  const model = numbering();
  const sliced = slicedFeedback({ feedback: model, rowsPerJob: 2 });
  expect(await sliced.complete([], drawing)).toEqual([]);
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(sliced.complete([question], { ...drawing, signal })).rejects.toThrow("stopped");
  expect(model.slices).toEqual([]);
  expect(() => slicedFeedback({ feedback: model, rowsPerJob: 0 })).toThrow("rowsPerJob is 0");
});
