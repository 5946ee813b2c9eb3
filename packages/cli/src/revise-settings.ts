import { type RevisionSettings, revisionOptions } from "@cai/constitution";
import { type PromptFormatName, promptFormats } from "@cai/feedback";
import { count, type OptionTable, resolveOptions } from "@cai/training";
import { type FeedbackSettings, feedbackNames, feedbackTexts, resolveFeedbackFlags } from "./feedback-flags.ts";
import { resolvingFlags } from "./flag-names.ts";
import { type LabelWorkersSettings, labelWorkersNames, labelWorkersTexts, resolveLabelWorkers } from "./label-flags.ts";
import { chosenName, optionsOf, readSettings } from "./read-settings.ts";
import { checkSkip } from "./skip-flag.ts";

/** The options of `cai revise` that have a default. */
export interface ReviseOptions extends RevisionSettings {
  batchSize: number;
}

export const reviseOptions: OptionTable<ReviseOptions> = {
  ...revisionOptions,
  batchSize: { default: 8, ...count, describe: "prompts that are revised and written together" },
};

/** Everything that `cai revise` has to know. */
export interface ReviseSettings extends FeedbackSettings, LabelWorkersSettings {
  readonly policy: string;
  readonly constitution: string;
  readonly prompts: string;
  readonly out: string;
  /** Of the policy; absent where its own. */
  readonly format: PromptFormatName | undefined;
  /** Prompts that can't be read are passed over. */
  readonly skipBadLines: boolean;
  readonly options: ReviseOptions;
}

const required = ["policy", "prompts", "out"] as const;
const texts = [...required, "constitution", "format", ...feedbackTexts, ...labelWorkersTexts] as const;

/**
 * Flags over the configuration file over the defaults.
 *
 * @throws CliError `usage` for what is missing, unknown or out of bounds
 */
export async function resolveRevise(flags: Readonly<Record<string, unknown>>): Promise<ReviseSettings> {
  const others = [...feedbackNames, ...labelWorkersNames, "skipBadLines", ...Object.keys(reviseOptions)];
  const given = await readSettings(flags, { command: "revise", texts, required, others });
  const { policy, prompts, out, constitution = "default" } = given as Record<string, string>;
  return {
    policy: policy!,
    prompts: prompts!,
    out: out!,
    constitution,
    ...resolveFeedbackFlags(given),
    ...resolveLabelWorkers(given),
    format: chosenName(given, "format", promptFormats),
    skipBadLines: checkSkip(given.skipBadLines),
    options: await resolvingFlags(flags, () => resolveOptions(reviseOptions, optionsOf(given, reviseOptions))),
  };
}
