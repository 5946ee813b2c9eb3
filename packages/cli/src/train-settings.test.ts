import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { algorithms, hyperparameterTable } from "@cai/trainer";
import { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { trainCommand } from "./commands/train.ts";
import { addOptionFlags } from "./option-flags.ts";
import { addRecomputeFlag } from "./recompute-flag.ts";
import { resolveTrainSettings } from "./train-settings.ts";

const root = await mkdtemp(join(tmpdir(), "settings-"));
afterAll(() => rm(root, { recursive: true }));

async function configFile(config: unknown, name = "config.json"): Promise<string> {
  const file = join(root, name);
  await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
  return file;
}

const parse = (...argv: string[]): Record<string, unknown> =>
  addOptionFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }), hyperparameterTable)
    .parse(argv, { from: "user" })
    .opts();
const paths = { policy: "p", reward: "r", prompts: "f", out: "o" };

test("every option of every algorithm has a flag of its name", () => {
  const flags = new Set(trainCommand().options.map((option) => option.attributeName()));
  for (const { table } of Object.values(algorithms)) for (const name of Object.keys(table)) expect(flags).toContain(name);
  expect(
    parse(
      "--learning-rate",
      "1e-4",
      "--top-k",
      "3",
      "--adam-beta1",
      "0.8",
      "--schedule",
      "cosine",
      "--reward-whitening",
      "--stop-token-ids",
      "13,0",
    ),
  ).toEqual({
    learningRate: 1e-4,
    topK: 3,
    adamBeta1: 0.8,
    schedule: "cosine",
    rewardWhitening: true,
    stopTokenIds: [13, 0],
  });
  expect(parse("--stop-token-ids", "")).toEqual({ stopTokenIds: [] });
});

test("stop texts are one text as it is, or a JSON list; none for an empty one", () => {
  expect(parse("--stop-texts", "Human:, or")).toEqual({ stopTexts: ["Human:, or"] });
  expect(parse("--stop-texts", '["\\n\\nHuman:", "["]')).toEqual({ stopTexts: ["\n\nHuman:", "["] });
  expect(parse("--stop-texts", "")).toEqual({ stopTexts: [] });
  for (const broken of ["[Human:]", "[1]"]) expect(() => parse("--stop-texts", broken)).toThrow(/expected a list of texts/);
});

test("what is no number, or no choice, is refused by the parser", () => {
  expect(() => parse("--steps", "many")).toThrow(/expected a number/);
  expect(() => parse("--steps", "")).toThrow(/expected a number/);
  expect(() => parse("--stop-token-ids", "1,,2")).toThrow(/expected a number/);
  expect(() => parse("--schedule", "sudden")).toThrow(/Allowed choices are constant, linear, cosine/);
});

test("flags win over the configuration file, and the file over the defaults", async () => {
  const config = await configFile({ ...paths, learningRate: 1e-3, rewardWhitening: true, epochs: 2, versions: { node: "20" } });
  const settings = await resolveTrainSettings({ config, out: "elsewhere", learningRate: 5e-4, rewardWhitening: false, json: true });
  expect(settings).toMatchObject({ policy: "p", reward: "r", prompts: "f", out: "elsewhere", evalPrompts: undefined });
  expect(settings.hyperparameters).toMatchObject({ learningRate: 5e-4, rewardWhitening: false, epochs: 2, batchSize: 4, evaluateEvery: 0 });
});

test("an adapter is set by flags and by the file alike, and rank 0 takes it away", async () => {
  const config = await configFile({ ...paths, lora: 8, loraAlpha: 4, loraTargets: "c_attn" });
  expect((await resolveTrainSettings({ config, loraAlpha: 6 })).lora).toEqual({ rank: 8, alpha: 6, targets: ["c_attn"] });
  expect((await resolveTrainSettings({ config, lora: 0 })).lora).toBeUndefined();
  expect((await resolveTrainSettings(paths)).lora).toBeUndefined();
});

test("what is told of the reward is set by flags and by the file alike", async () => {
  const config = await configFile({ ...paths, rewardLabel: 1, rewardScore: "log-odds" });
  expect((await resolveTrainSettings({ config, rewardLabel: "POSITIVE" })).rewardFlags).toEqual({
    rewardLabel: "POSITIVE",
    rewardScore: "log-odds",
  });
  expect((await resolveTrainSettings(paths)).rewardFlags).toEqual({});
  await expect(resolveTrainSettings({ config: await configFile({ ...paths, rewardScore: 1 }) })).rejects.toThrow("rewardScore is 1");
});

test("the policy writes the responses unless another engine is named", async () => {
  expect((await resolveTrainSettings(paths)).rollout).toBe("policy");
  expect((await resolveTrainSettings({ config: await configFile({ ...paths, rollout: "onnx" }), rollout: "onnx-int8" })).rollout).toBe(
    "onnx-int8",
  );
  await expect(resolveTrainSettings({ config: await configFile({ ...paths, rollout: "faster" }) })).rejects.toThrow(
    'rollout is "faster": give one of policy, ',
  );
});

test("blocks are computed again in the backward pass where the file or a flag says so", async () => {
  const config = await configFile({ ...paths, recompute: true });
  const given: [Record<string, unknown>, boolean][] = [
    [paths, false],
    [{ ...paths, recompute: true }, true],
    [{ config }, true],
    [{ config, recompute: false }, false],
  ];
  for (const [flags, recompute] of given) expect((await resolveTrainSettings(flags)).recompute).toBe(recompute);
  const flags = (...argv: string[]) => addRecomputeFlag(new Command()).parse(argv, { from: "user" }).opts();
  expect([flags(), flags("--recompute"), flags("--no-recompute")]).toEqual([{}, { recompute: true }, { recompute: false }]);
  await expect(resolveTrainSettings({ config: await configFile({ ...paths, recompute: "yes" }) })).rejects.toThrow(
    'recompute is "yes": give true or false',
  );
});

test("the algorithm decides which options there are, and their defaults", async () => {
  expect(await resolveTrainSettings(paths)).toMatchObject({ algorithm: "ppo", hyperparameters: { klCoef: 0.1 } });
  const rloo = await resolveTrainSettings({ ...paths, algorithm: "rloo", numGenerations: 4 });
  expect(rloo).toMatchObject({ algorithm: "rloo", hyperparameters: { numGenerations: 4, beta: 0.05 } });
  const grpo = await resolveTrainSettings({ config: await configFile({ ...paths, algorithm: "grpo" }) });
  expect(grpo).toMatchObject({ algorithm: "grpo", hyperparameters: { numGenerations: 8, beta: 0 } });
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ algorithm: "dpo" }, /^--algorithm is "dpo": give one of ppo, grpo, rloo, reinforce\+\+$/],
    [{ algorithm: "grpo", valueLossCoef: 1 }, /^--value-loss-coef is an option of ppo, not of grpo: leave it out/],
    [{ numGenerations: 4 }, /^--num-generations is an option of grpo, rloo, reinforce\+\+, not of ppo/],
    [{ algorithm: "grpo", numGenerations: 1 }, /^--num-generations is 1/],
  ];
  for (const [flags, message] of refused)
    await expect(resolveTrainSettings({ ...paths, ...flags })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(message),
    });
});

test("a configuration may be YAML", async () => {
  const config = await configFile(
    'policy: p\nreward: r # of a friend\nprompts: f\nout: o\nlearningRate: 1e-4\nstopTexts:\n  - "\\nHuman:"\n',
    "run.yaml",
  );
  const { hyperparameters, reward } = await resolveTrainSettings({ config });
  expect(reward).toBe("r");
  expect(hyperparameters).toMatchObject({ learningRate: 1e-4, stopTexts: ["\nHuman:"] });
});

test("held-out prompts are answered every tenth step unless told otherwise", async () => {
  expect((await resolveTrainSettings({ ...paths, evalPrompts: "h" })).hyperparameters.evaluateEvery).toBe(10);
  expect((await resolveTrainSettings({ ...paths, evalPrompts: "h", evaluateEvery: 3 })).hyperparameters.evaluateEvery).toBe(3);
});

test("what is missing, unknown, out of bounds or unreadable is wrong use", async () => {
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ policy: "p", out: "o" }, /needs --reward, --prompts: give them as flags/],
    [{ ...paths, steps: 0 }, /steps is 0/],
    [{ ...paths, config: join(root, "nowhere.json") }, /nowhere\.json can't be read \(ENOENT\)/],
    [{ ...paths, config: await configFile("{") }, /config\.json is not JSON/],
    [{ ...paths, config: await configFile("a: [", "config.yaml") }, /config\.yaml is not YAML: .*at line 1/],
  ];
  for (const [flags, message] of refused) {
    await expect(resolveTrainSettings(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
  }
  const configs: [unknown, RegExp][] = [
    [{ learning_rate: 1 }, /config\.json: unknown option learning_rate: did you mean learningRate\? \(the names are those of the flags/],
    [{ loraTarget: "q_proj" }, /unknown option loraTarget: did you mean loraTargets\?/],
    [{ evalprompts: "h" }, /unknown option evalprompts: did you mean evalPrompts\?/],
    [["p"], /holds no object: expected options by their names/],
    [{ policy: 3 }, /"policy" is no text/],
    [{ learningRate: "fast" }, /learningRate is "fast"; expected a number/],
  ];
  for (const [config, message] of configs) {
    const flags = { ...paths, config: await configFile(config) };
    if ((config as { policy?: unknown }).policy !== undefined) Reflect.deleteProperty(flags, "policy");
    await expect(resolveTrainSettings(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
  }
});
