import type { RewardModel } from "@cai/contracts";
import { type Command, Option } from "commander";
import { CliError } from "./error.ts";
import { resolveReward, rewardForms } from "./resolve-reward.ts";
import type { RewardFlags } from "./reward-flags.ts";

/** What is told of an ONNX judge, as `--reward-…` tells it of a reward. */
export interface JudgeFlags {
  readonly judge?: string;
  readonly judgeLabel?: string;
  readonly judgeScore?: string;
  readonly judgeFile?: string;
  readonly judgeOutput?: string;
}

/** What `--judge` may be, for the help texts. */
export const judgeForms = `what judges, other than the reward that was trained on: ${rewardForms}`;

/** Adds a flag for each of them but `--judge` itself. */
export function addJudgeFlags(command: Command): Command {
  return command
    .option("--judge-label <name|index>", "of an ONNX judge with several labels: the one that the score is about")
    .addOption(
      new Option("--judge-score <kind>", "what of that label is the score (default: logit)").choices(["logit", "log-odds", "probability"]),
    )
    .option("--judge-file <path>", "the .onnx file in an ONNX judge's folder or hub repository")
    .option("--judge-output <name>", "of an ONNX judge with several outputs: the one that holds the scores");
}

/**
 * The judge that the flags name. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolveJudge(judge: string, { judgeLabel, judgeScore, judgeFile, judgeOutput }: JudgeFlags): Promise<RewardModel> {
  const flags: RewardFlags = {
    ...(judgeLabel !== undefined && { rewardLabel: judgeLabel }),
    ...(judgeScore !== undefined && { rewardScore: judgeScore }),
    ...(judgeFile !== undefined && { rewardFile: judgeFile }),
    ...(judgeOutput !== undefined && { rewardOutput: judgeOutput }),
  };
  try {
    return await resolveReward(judge, flags);
  } catch (error) {
    if (!CliError.isInstance(error)) throw error;
    throw new CliError("usage", `--judge: ${error.message.replaceAll("--reward-", "--judge-")}`, { cause: error.cause });
  }
}
