import { join } from "node:path";
import { withoutSecrets } from "@cai/endpoint";
import { type ComparisonSettings, comparePolicies, comparisonOptions, resolveComparison, writeComparison } from "@cai/evaluation";
import type { PromptFormatName } from "@cai/feedback";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { comparisonLines } from "./comparison-lines.ts";
import { describeBackend } from "./describe-backend.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { resolvingFlags } from "./flag-names.ts";
import { formatPrompts, sharedFormat } from "./format-prompts.ts";
import { type JudgeFlags, resolveJudge } from "./judge-flags.ts";
import { preparePrompts } from "./prepare-prompts.ts";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";
import { inFolderOfItsOwn } from "./refuse-out.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import { type RewardFlags, rewardNames } from "./reward-flags.ts";
import { terminalOf } from "./terminal.ts";
import { print } from "./visible.ts";

/** The flags of `cai eval`. */
export interface EvalFlags extends JudgeFlags, RewardFlags, Partial<ComparisonSettings> {
  readonly policy: string;
  readonly against: string;
  readonly prompts: string;
  readonly judge: string;
  readonly reward?: string;
  /** Of the prompts for both; absent where it is the one that suits them. */
  readonly format?: PromptFormatName;
  readonly out?: string;
  readonly json?: boolean;
  readonly skipBadLines?: boolean;
}

/** Compares two policies, prints what came of it, and writes it with every answer to `--out`. */
export const evaluatePolicies = (flags: EvalFlags): Promise<void> => inFolderOfItsOwn(flags.out, () => compareAndTell(flags));

async function compareAndTell(flags: EvalFlags): Promise<void> {
  const { policy, against, judge, reward, out, json = false, skipBadLines = false } = flags;
  const settings = await resolvingFlags({ ...flags }, () => resolveComparison(settingsOf(flags)));
  const reader = dataReader({ skipBadLines });
  const rows = await readPromptRows(reader, flags.prompts, { split: "heldout" });
  const terminal = terminalOf(process.stderr);

  const { comparison, format } = await disposing(async (own) => {
    const scorer = own(await resolveJudge(judge, flags));
    if (reward === undefined) refuseLooseRewardFlags(flags);
    const proxy = reward === undefined ? undefined : own(await resolveReward(reward, flags));
    const backend = await prepareChosenBackend();
    const evaluated = own(await resolvePolicy(policy));
    const base = own(await resolvePolicy(against));
    const format = await readingInput(() => sharedFormat(flags.format, { policy: evaluated, against: base }));
    const prompts = formatPrompts(rows, format);
    for (const { tokenizer, contextLength } of [evaluated, base])
      preparePrompts(prompts, { tokenizer, contextLength, maxNewTokens: settings.maxNewTokens });
    if (!json) terminal.write(`${terminal.dim(describeBackend(backend))}\n`);
    try {
      const comparison = await comparePolicies({
        policy: evaluated,
        base,
        judge: scorer,
        ...(proxy && { proxy }),
        prompts: prompts.map(({ row }) => row.prompt),
        ...settings,
        ...(flags.stopTexts === undefined && { stopTexts: format.stopTexts }),
        onProgress: ({ answers, total }) => {
          if (terminal.interactive) terminal.rewrite(`${answers} of ${total} answers`);
        },
      });
      return { comparison, format: format.name };
    } finally {
      if (terminal.interactive) terminal.rewrite("");
    }
  });

  reader.tellSkipped();
  const proxy = reward !== undefined && { proxy: withoutSecrets(reward) };
  const names = { policy, base: against, judge: withoutSecrets(judge), ...proxy, format };
  const { samples: _, ...figures } = comparison;
  if (out !== undefined) await writeComparison({ directory: out, comparison, names });
  if (json) print(`${JSON.stringify({ ...names, ...figures })}\n`);
  else
    print(
      `${[...comparisonLines(comparison, { format }), ...(out === undefined ? [] : [`page: ${join(out, "index.html")}`])].join("\n")}\n`,
    );
}

function settingsOf(flags: EvalFlags): Partial<ComparisonSettings> {
  const names = Object.keys(comparisonOptions) as (keyof ComparisonSettings)[];
  return Object.fromEntries(names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));
}

function refuseLooseRewardFlags(flags: RewardFlags): void {
  if (rewardNames.every((name) => flags[name] === undefined)) return;
  throw new CliError("usage", "--reward-… is told of --reward, which is not given: give it, or tell the judge's by --judge-…");
}
