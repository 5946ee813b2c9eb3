import { expect, test } from "vitest";
import { resolveSftOptions } from "./sft-options.ts";

const nothing = () => undefined;
const policy = { hiddenStates: nothing, tokenLogprobs: nothing, parameters: new Map(), save: nothing } as never;

test("defaults are those of TRL", () => {
  expect(resolveSftOptions({ policy })).toMatchObject({
    learningRate: 2e-5,
    batchSize: 8,
    epochs: 3,
    schedule: "linear",
    weightDecay: 0,
    maxGradNorm: 1,
    packing: false,
    completionOnlyLoss: true,
    assistantOnlyLoss: false,
  });
});

test.each([
  [{}, "policy is missing; expected a policy that can be trained"],
  [{ policy: {} }, "policy is an object with nothing; expected a policy"],
  [{ policy, maxlength: 3 }, "unknown option maxlength: did you mean maxLength?"],
  [{ policy, out: "x" }, "out is an option of train and steps: give it there"],
  [{ policy, maxLength: -1 }, "maxLength is -1; expected at least 0"],
  [{ policy, packing: "yes" }, 'packing is "yes"; expected a boolean'],
  [{ policy, batchSize: 8, microbatchSize: 3 }, "a minibatch of 8 rows is not a multiple of microbatchSize 3"],
])("%j is refused", (options, message) => {
  expect(() => resolveSftOptions(options as never)).toThrow(message);
});
