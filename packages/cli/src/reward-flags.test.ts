import { Command } from "commander";
import { expect, test } from "vitest";
import { addRewardFlags, checkRewardFlags, rewardNames, rewardOptions, withFlags } from "./reward-flags.ts";

const parse = (...argv: string[]) =>
  addRewardFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(argv, { from: "user" })
    .opts();

test("every option has a flag of its key's name", () => {
  expect(addRewardFlags(new Command()).options.map((option) => option.attributeName())).toEqual(rewardNames);
  const flags = parse("--reward-label", "POSITIVE", "--reward-score", "log-odds", "--reward-file", "onnx/model_int8.onnx");
  expect(flags).toEqual({ rewardLabel: "POSITIVE", rewardScore: "log-odds", rewardFile: "onnx/model_int8.onnx" });
  expect(rewardOptions(flags)).toEqual({ label: "POSITIVE", score: "log-odds", file: "onnx/model_int8.onnx" });
  expect(() => parse("--reward-score", "softmax")).toThrow(/Allowed choices are logit, log-odds, probability/);
});

test("a configuration file may give a label by its number too, and nothing of another type", () => {
  expect(checkRewardFlags({ rewardLabel: 1, policy: "p" })).toEqual({ rewardLabel: 1 });
  expect(() => checkRewardFlags({ rewardLabel: [1] })).toThrow("rewardLabel is [1]: give text");
  expect(() => checkRewardFlags({ rewardScore: "softmax" })).toThrow('rewardScore is "softmax": give one of logit, log-odds, probability');
  expect(() => checkRewardFlags({ rewardFile: 3 })).toThrow("rewardFile is 3: give text");
});

test("messages name the flag in place of the library's option, and leave what has none", () => {
  expect(withFlags("choose one with the option label, not the option template; the option output")).toBe(
    "choose one with --reward-label, not the option template; --reward-output",
  );
});
