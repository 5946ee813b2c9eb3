import { DPOTrainer, dpoLossTypes, dpoOptions } from "@cai/preference";
import { type Command, Option } from "commander";
import { resolveDpoCommand } from "../pair-settings.ts";
import { runFlags } from "../run-flags.ts";
import { runPairs } from "../run-pairs.ts";
import { pairCommand } from "./pair-command.ts";

const { lossType, ...options } = dpoOptions;

/** `cai dpo`: a policy on pairs of answers, with everything that can be set. */
export function dpoCommand(): Command {
  const command = pairCommand({
    name: "dpo",
    description: "train a policy on pairs of answers, without a reward model",
    final: "the final policy",
    options,
  });
  const loss = new Option("--loss <name>", `${lossType.describe} (default: ${lossType.default})`).choices(dpoLossTypes);
  return command.addOption(loss.helpGroup("The loss:")).action(async ({ loss: chosenLoss, ...flags }: Record<string, unknown>) => {
    const settings = await resolveDpoCommand({ ...flags, lossType: chosenLoss });
    const trained = `the trained ${flags.lora ? "adapter" : "policy"}`;
    await runPairs(settings, runFlags(flags), { create: (policy, given) => DPOTrainer.create({ policy, ...given }), trained });
  });
}
