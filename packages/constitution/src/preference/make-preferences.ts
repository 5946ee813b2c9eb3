import type { PromptFormat } from "@cai/feedback";
import { wholeFiles } from "@cai/whole-file";
import { ConstitutionError } from "../error.ts";
import { jsonLines } from "../json-lines.ts";
import { type Constitution, requireFields } from "../principles/constitution.ts";
import { produceRows, type RowProgress } from "../row-file.ts";
import { type LabelledPair, labelPairs } from "./labelled-pairs.ts";
import type { Labeller } from "./labeller.ts";
import type { PairSource } from "./pair-source.ts";
import { type PreferenceReport, preferenceReport } from "./preference-report.ts";
import { type PreferenceRow, preferenceRows } from "./preference-rows.ts";

/** What preferences are made of, and where they go. */
export interface MakePreferencesOptions {
  /** The rows for training, JSON lines. Every pair with its label, also those that are left out here, stands in `labelledPairsFile(file)`. */
  readonly file: string;
  readonly source: PairSource;
  readonly labeller: Labeller;
  readonly constitution: Constitution;
  /** Of the policy that will be trained. */
  readonly format: PromptFormat;
  readonly seed: number;
  /** Pairs that are made and labelled together. Default: 8. */
  readonly chunkRows?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called at the start and after each chunk. */
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
}

/** What was made. */
export interface MadePreferences {
  readonly rows: readonly PreferenceRow[];
  /** All pairs with their labels, in the source's order. */
  readonly pairs: readonly LabelledPair[];
  readonly report: PreferenceReport;
  /** Pairs that were labelled before, by a run that didn't end. */
  readonly kept: number;
}

const files = wholeFiles(ConstitutionError);

/** Where `makePreferences` keeps all pairs with their labels: `pairs.jsonl` has `pairs.labelled.jsonl` beside it. */
export const labelledPairsFile = (file: string): string => `${file.replace(/\.jsonl$/, "")}.labelled.jsonl`;

/**
 * Pairs, their labels and the rows for training, chunk after chunk. Begun and killed anywhere, it goes on with whole chunks and ends with the same
 * bytes; the rows for training are there when all pairs are labelled.
 *
 * @throws ConstitutionError `bad-constitution` where principles lack what is needed, before anything is written; `file-exists` over labels that were made otherwise, `cannot-write`; the labeller's and the source's errors; the
 * signal's reason when aborted
 * @example
 * const source = drawnPairSource({ kind: "contrast", feedback, prompts: [pair.prompt], constitution, seed: 7 });
 * const labeller = likelihoodRatioLabeller({ feedback });
 * const format = promptFormat("dialogue");
 * const { report } = await makePreferences({ file: "pairs.jsonl", source, labeller, constitution, format, seed: 7 });
 * report.pairs; // 1
 */
export async function makePreferences({
  file,
  source,
  labeller,
  constitution,
  format,
  seed,
  chunkRows = 8,
  signal,
  onProgress,
}: MakePreferencesOptions): Promise<MadePreferences> {
  requireFields(constitution, source.needs, `the pairs (${source.identity.pairs})`);
  requireFields(constitution, labeller.needs ?? [], `labeller ${JSON.stringify(labeller.name)}`);
  const { rows: pairs, kept } = await produceRows<LabelledPair>({
    file: labelledPairsFile(file),
    identity: { ...source.identity, labeller: labeller.identity, constitution: constitution.sha256, seed },
    total: source.total,
    chunkRows,
    make: async (first, count) =>
      labelPairs({
        pairs: await source.pairs(first, count, { signal }),
        labeller,
        constitution,
        draws: { seed, stream: "prefer/label", step: 0, firstSample: first },
        signal,
      }),
    signal,
    onProgress,
  });
  const rows = preferenceRows({ pairs, format });
  await files.write(file, jsonLines(rows));
  return { rows, pairs, report: preferenceReport(pairs), kept };
}
