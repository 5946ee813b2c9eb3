import { dpoOptions, rewardOptions } from "@cai/preference";
import { expect, test } from "vitest";
import { dpoCommand } from "./commands/dpo.ts";
import { rewardTrainCommand } from "./commands/reward-train.ts";
import { resolveDpoCommand, resolveRewardCommand } from "./pair-settings.ts";

const paths = { policy: "p", data: "d", out: "o" };

test("every option has a flag of its name; the loss type's is --loss", () => {
  for (const [command, table] of [
    [dpoCommand(), dpoOptions],
    [rewardTrainCommand(), rewardOptions],
  ] as const) {
    const flags = new Set(command.options.map((option) => option.attributeName()));
    for (const name of Object.keys(table)) expect(flags).toContain(name === "lossType" ? "loss" : name);
  }
});

test("what is not told has the defaults, and held-out pairs are gone over every 10 steps", async () => {
  expect(await resolveDpoCommand({ ...paths, evalData: "e", lora: 4, beta: 0.5, json: true })).toEqual({
    ...paths,
    evalData: "e",
    lora: { rank: 4, alpha: 8, targets: "all-linear" },
    recompute: false,
    skipBadLines: false,
    options: expect.objectContaining({ beta: 0.5, lossType: "sigmoid", batchSize: 8, learningRate: 1e-6, evaluateEvery: 10 }),
  });
  expect((await resolveRewardCommand({ ...paths, int8: true })).options).toMatchObject({
    int8: true,
    learningRate: 1e-4,
    evaluateEvery: 0,
  });
});

test.each([
  [{ policy: "p" }, "needs --data, --out"],
  [{ ...paths, batchSize: 8, microbatchSize: 3 }, "not a multiple of --microbatch-size 3"],
  [{ ...paths, loraAlpha: 3 }, "give its rank too"],
])("%j is refused by both commands", async (flags, message) => {
  for (const resolve of [resolveDpoCommand, resolveRewardCommand])
    await expect(resolve(flags)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
});
