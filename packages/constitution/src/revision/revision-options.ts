import { count, countOrNone, type OptionTable, resolveOptions } from "@cai/training";

/** How answers are written, criticised and revised, and which revisions are kept. */
export interface RevisionSettings {
  rounds: number;
  maxNewTokens: number;
  temperature: number;
  seed: number;
  fewShot: boolean;
  minLengthRatio: number;
  minDistinct: number;
  maxOverlap: number;
  copiedWords: number;
  refuseCut: boolean;
}

export const revisionOptions: OptionTable<RevisionSettings> = {
  rounds: { default: 1, ...count, describe: "critiques and revisions of an answer, each by a principle that is drawn" },
  maxNewTokens: { default: 128, ...count, describe: "longest answer, critique and revision, in tokens" },
  temperature: { default: 1, min: 0, describe: "of the draws; 0 is greedy" },
  seed: { default: 0, ...countOrNone, describe: "of all draws" },
  fewShot: { default: true, describe: "put the constitution's examples before each answer that is revised" },
  minLengthRatio: { default: 0.5, min: 0, max: 1, describe: "refuse a revision shorter than this share of its original" },
  minDistinct: { default: 0.8, min: 0, max: 1, describe: "refuse a revision of whose word trigrams a smaller share is distinct" },
  maxOverlap: { default: 0.9, min: 0, max: 1, describe: "refuse a revision that has more in common with its original, in word trigrams" },
  copiedWords: {
    default: 8,
    ...count,
    describe: "refuse a revision that takes so many words in a row from a request, the critique or an example",
  },
  refuseCut: {
    default: true,
    describe: "refuse a revision that was cut, at maxNewTokens as a rule, where texts of its format have an end",
  },
};

/**
 * Every option, the defaults filled in.
 *
 * @throws TrainingError `invalid-option`
 * @example
 * resolveRevisionSettings({ rounds: 2 }).temperature; // 1
 */
export function resolveRevisionSettings(given: Partial<RevisionSettings>): RevisionSettings {
  return resolveOptions(revisionOptions, given);
}
