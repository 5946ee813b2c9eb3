import { Command } from "commander";
import { expect, test } from "vitest";
import { dpoCommand } from "./commands/dpo.ts";
import { evalCommand } from "./commands/eval.ts";
import { preferCommand } from "./commands/prefer.ts";
import { reviseCommand } from "./commands/revise.ts";
import { rewardTrainCommand } from "./commands/reward-train.ts";
import { scoreCommand } from "./commands/score.ts";
import { sftCommand } from "./commands/sft.ts";
import { trainCommand } from "./commands/train.ts";
import { addSkipFlag, checkSkip } from "./skip-flag.ts";

test("every command that reads rows has --skip-bad-lines", () => {
  const training = [trainCommand(), sftCommand(), rewardTrainCommand(), dpoCommand()];
  for (const command of [...training, scoreCommand(), reviseCommand(), preferCommand(), evalCommand()])
    expect(command.options.map((option) => option.attributeName())).toContain("skipBadLines");
});

test("it can be taken back where a configuration file has it, and is true or false", () => {
  const flags = (...argv: string[]) => addSkipFlag(new Command()).parse(argv, { from: "user" }).opts();
  expect([flags(), flags("--skip-bad-lines"), flags("--no-skip-bad-lines")]).toEqual([{}, { skipBadLines: true }, { skipBadLines: false }]);
  expect([checkSkip(undefined), checkSkip(true)]).toEqual([false, true]);
  expect(() => checkSkip("yes")).toThrow('skipBadLines is "yes": give true or false');
});
