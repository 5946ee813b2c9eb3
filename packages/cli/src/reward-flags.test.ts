import { Command } from "commander";
import { expect, onTestFinished, test, vi } from "vitest";
import { addRewardFlags, checkRewardFlags, faultOptions, rewardNames, rewardOptions, withFlags } from "./reward-flags.ts";

const parse = (...argv: string[]) =>
  addRewardFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(argv, { from: "user" })
    .opts();

test("every option has a flag of its key's name", () => {
  expect(addRewardFlags(new Command()).options.map((option) => option.attributeName())).toEqual(rewardNames);
  const flags = parse("--reward-label", "POSITIVE", "--reward-score", "log-odds", "--reward-file", "onnx/model_int8.onnx");
  expect(flags).toEqual({ rewardLabel: "POSITIVE", rewardScore: "log-odds", rewardFile: "onnx/model_int8.onnx" });
  expect(rewardOptions(flags)).toEqual({
    ...{ label: "POSITIVE", score: "log-odds", file: "onnx/model_int8.onnx" },
    ...{ endpoint: {}, module: {} },
  });
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

test("limits of time, attempts and what becomes of faults go to endpoints, modules and all others", () => {
  const flags = parse("--reward-timeout", "0.5", "--reward-retries", "1", "--on-reward-error", "skip");
  expect(checkRewardFlags(flags)).toEqual(flags);
  expect(rewardOptions(flags)).toEqual({ endpoint: { timeoutMs: 500, retries: 1 }, module: { timeoutMs: 500 } });
  expect(faultOptions(flags)).toEqual({ onError: "skip", retries: 1 });
  expect(rewardOptions({ onRewardError: "stop" }).endpoint).toEqual({ retries: 0 });
  expect(() => checkRewardFlags({ rewardTimeout: 0 })).toThrow("rewardTimeout is 0: give a number above 0");
  expect(() => checkRewardFlags({ rewardTimeout: "5" })).toThrow('rewardTimeout is "5": give a number above 0');
  expect(() => checkRewardFlags({ rewardRetries: 1.5 })).toThrow("rewardRetries is 1.5: give a whole number from 0");
  expect(() => checkRewardFlags({ onRewardError: "later" })).toThrow("give one of retry, skip, stop");
});

test("a key comes from the environment, by its usual name or another", () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("CAI_REWARD_KEY", "usual-key");
  vi.stubEnv("OTHER_KEY", " other-key ");
  expect(rewardOptions({}).endpoint).toEqual({ headers: { authorization: "Bearer usual-key" } });
  expect(rewardOptions({ rewardKey: "OTHER_KEY" }).endpoint).toEqual({ headers: { authorization: "Bearer other-key" } });
  expect(() => rewardOptions({ rewardKey: "NO_KEY" })).toThrow("--reward-key names NO_KEY, which is not set in the environment");
});
