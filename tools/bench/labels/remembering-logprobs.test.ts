import type { Answered, FeedbackModel } from "@cai/feedback";
import { expect, test } from "vitest";
import { rememberingLogprobs } from "./remembering-logprobs.ts";

test("an answer is asked about once, and every place gets its own", async () => {
  const asked: string[] = [];
  const feedback = {
    identity: "lengths",
    async logprobs(answered: readonly Answered[]) {
      asked.push(...answered.map(({ answer }) => answer));
      return answered.map(({ answer }) => ({ logprob: -answer.length, tokens: answer.length }));
    },
  } as unknown as Required<FeedbackModel>;
  const remembering = rememberingLogprobs(feedback);
  const question = (answer: string): Answered => ({ messages: [{ role: "user", content: "Well?" }], answer });
  await remembering.logprobs([question("yes"), question("no")], {});
  const told = await remembering.logprobs([question("perhaps"), question("no"), question("yes")], {});
  expect(told.map(({ logprob }) => logprob)).toEqual([-7, -2, -3]);
  expect(asked).toEqual(["yes", "no", "perhaps"]);
});
