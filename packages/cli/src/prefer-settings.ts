import { labellerNames, pairKinds, ratioUnits } from "@cai/constitution";
import { type PromptFormatName, promptFormats } from "@cai/feedback";
import { count, countOrNone, type OptionTable, resolveOptions } from "@cai/training";
import { CliError } from "./error.ts";
import { type FeedbackSettings, feedbackNames, feedbackTexts, resolveFeedbackFlags } from "./feedback-flags.ts";
import { resolvingFlags } from "./flag-names.ts";
import { type LabelWorkersSettings, labelWorkersNames, labelWorkersTexts, resolveLabelWorkers } from "./label-flags.ts";
import { chosenName, optionsOf, readSettings } from "./read-settings.ts";
import { checkSkip } from "./skip-flag.ts";

/** The options of `cai prefer` that have a default. */
export interface PreferOptions {
  pairsPerPrompt: number;
  maxNewTokens: number;
  temperature: number;
  seed: number;
  batchSize: number;
  chainOfThought: boolean;
  votes: number;
  verdictTokens: number;
  ratioPer: (typeof ratioUnits)[number];
  ratioScale: number;
  calibrationPairs: number;
}

export const preferOptions: OptionTable<PreferOptions> = {
  pairsPerPrompt: { default: 1, ...count, describe: "pairs that are drawn for each prompt" },
  maxNewTokens: { default: 128, ...count, describe: "longest answer" },
  temperature: { default: 1, min: 0, describe: "at which answers are drawn" },
  seed: { default: 0, ...countOrNone, describe: "seed of all draws" },
  batchSize: { default: 8, ...count, describe: "pairs that are made, labelled and written together" },
  chainOfThought: { default: false, describe: "choice and votes: the judge writes thoughts before its verdict" },
  votes: { default: 4, integer: true, min: 2, describe: "votes: verdicts for each pair, half of them in each order" },
  verdictTokens: { default: 0, ...countOrNone, describe: "longest thoughts or verdict of the judge; 0: 256 with thoughts, 16 without" },
  ratioPer: { default: "answer", choices: ratioUnits, describe: "likelihood ratio: of the whole answer, or of a token on average" },
  ratioScale: { default: 1, min: 0, exclusiveMin: true, describe: "likelihood ratio: the logistic's scale" },
  calibrationPairs: {
    default: 0,
    ...countOrNone,
    describe: "likelihood ratio: contrast pairs to which the scale is fitted, instead of --ratio-scale",
  },
};

/** Everything that `cai prefer` has to know. */
export interface PreferSettings extends FeedbackSettings, LabelWorkersSettings {
  readonly policy: string;
  readonly constitution: string;
  /** Absent where the pairs are revisions. */
  readonly prompts: string | undefined;
  /** Present where the pairs are revisions. */
  readonly revisions: string | undefined;
  readonly out: string;
  readonly labeller: (typeof labellerNames)[number];
  readonly pairs: (typeof pairKinds)[number];
  /** Of the policy; absent where its own. */
  readonly format: PromptFormatName | undefined;
  /** Lines that can't be read are passed over. */
  readonly skipBadLines: boolean;
  readonly options: PreferOptions;
}

const required = ["policy", "labeller", "out"] as const;
const texts = [...required, "constitution", "prompts", "revisions", "pairs", "format", ...feedbackTexts, ...labelWorkersTexts] as const;

/**
 * Flags over the configuration file over the defaults.
 *
 * @throws CliError `usage` for what is missing, unknown, out of bounds, or doesn't go together
 */
export async function resolvePrefer(flags: Readonly<Record<string, unknown>>): Promise<PreferSettings> {
  const given = await readSettings(flags, {
    command: "prefer",
    texts,
    required,
    others: [...feedbackNames, ...labelWorkersNames, "skipBadLines", ...Object.keys(preferOptions)],
  });
  const { policy, out, constitution = "default", prompts, revisions } = given as Record<string, string>;
  const labeller = chosenName(given, "labeller", labellerNames)!;
  const byItself = labeller === "contrast" ? "contrast" : revisions === undefined ? "sampled" : "revisions";
  const pairs = chosenName(given, "pairs", pairKinds) ?? byItself;
  const feedback = resolveFeedbackFlags(given);
  const options = await resolvingFlags(flags, () => resolveOptions(preferOptions, optionsOf(given, preferOptions)));
  refuseTogether({ labeller, pairs, prompts, revisions, ...feedback, given });
  return {
    policy: policy!,
    constitution,
    prompts,
    revisions,
    out: out!,
    ...feedback,
    ...resolveLabelWorkers(given),
    labeller,
    pairs,
    format: chosenName(given, "format", promptFormats),
    skipBadLines: checkSkip(given.skipBadLines),
    options,
  };
}

function refuseTogether({
  labeller,
  pairs,
  prompts,
  revisions,
  feedback,
  given,
}: Pick<PreferSettings, "labeller" | "pairs" | "prompts" | "revisions" | "feedback"> & {
  readonly given: Readonly<Record<string, unknown>>;
}): void {
  const refuse = (message: string): never => {
    throw new CliError("usage", message);
  };
  if (pairs === "revisions" && revisions === undefined) refuse("--pairs revisions needs --revisions, a file that cai revise wrote");
  if (pairs !== "revisions" && revisions !== undefined) refuse(`--revisions is for --pairs revisions, not ${pairs}`);
  if (pairs === "revisions" && prompts !== undefined) refuse("the prompts of revisions stand with them: leave --prompts out");
  if (pairs !== "revisions" && prompts === undefined) refuse(`--pairs ${pairs} needs --prompts`);
  if (labeller === "contrast" && pairs !== "contrast") refuse(`--labeller contrast is for --pairs contrast, not ${pairs}`);
  if (labeller === "contrast" && feedback !== undefined) refuse("--labeller contrast asks no judge: leave --feedback out");
  const { calibrationPairs, ratioScale } = given;
  if (calibrationPairs && ratioScale !== undefined)
    refuse("--ratio-scale is given, and --calibration-pairs would fit one: give one of them");
  if (calibrationPairs && prompts === undefined)
    refuse("--calibration-pairs draws answers to --prompts: with revisions, give --ratio-scale");
}
