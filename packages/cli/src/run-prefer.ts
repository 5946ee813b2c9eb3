import {
  type Constitution,
  drawnPairSource,
  type FittedScale,
  labelledPairsFile,
  makePreferences,
  openLabeller,
  type PairSource,
  type PreferenceReport,
  type RevisionRow,
  readConstitution,
  revisionPairSource,
} from "@cai/constitution";
import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { readingInput } from "./exit-codes.ts";
import { makingRows, refuseUnfitFiles } from "./making-rows.ts";
import { openAsked } from "./open-asked.ts";
import type { PreferSettings } from "./prefer-settings.ts";
import { promptMessages } from "./prompt-messages.ts";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";
import { readRevisions } from "./read-revisions.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import { print } from "./visible.ts";

/** Makes preferences as the settings say: progress on standard error; on standard output what came of it, with `json` as one line. */
export async function runPrefer(
  settings: PreferSettings,
  { resume, json }: { readonly resume: boolean; readonly json: boolean },
): Promise<void> {
  const { out, options } = settings;
  const rows = labelledPairsFile(out);
  await refuseUnfitFiles({ rows, files: [out, rows], resume });
  const constitution = await readingInput(() => readConstitution(settings.constitution));
  const reader = dataReader(settings);
  const asked = settings.prompts === undefined ? [] : await readPromptRows(reader, settings.prompts, { split: "train" });
  const prompts = asked.map(promptMessages);
  const revisions = settings.revisions === undefined ? [] : (await reader.read(readRevisions, settings.revisions)).rows;

  await disposing(async (own) => {
    const backend = await prepareChosenBackend();
    const { batchSize, seed } = options;
    const { policy, judge, format } = await openAsked(settings, backend, own);
    const source = await readingInput(() => sourceOf(settings, { policy, constitution, prompts, revisions }));
    const display = runDisplay({ json, steps: source.total });
    sayBackend(display, backend);
    const made = await makingRows(display, async ({ signal, onProgress }) => {
      const judging = { judge, writer: policy, prompts, constitution, ...options, signal };
      const { labeller, fitted } = await readingInput(() => openLabeller({ ...settings, ...options }, judging));
      const common = { file: out, source, labeller, constitution, format, seed, chunkRows: batchSize, signal, onProgress };
      return { ...(await makePreferences(common)), fitted };
    });
    const { report, fitted } = made;
    const scale = fitted && { scale: fitted.scale, calibrationAccuracy: fitted.accuracy };
    reader.tellSkipped();
    print(json ? `${JSON.stringify({ out, ...report, ...scale })}\n` : describeReport(out, report, fitted));
  });
}

interface Parts {
  readonly policy: FeedbackModel;
  readonly constitution: Constitution;
  readonly prompts: readonly (readonly ChatMessage[])[];
}

function sourceOf(
  { pairs, options: { pairsPerPrompt, seed, maxNewTokens, temperature } }: PreferSettings,
  { policy, revisions, ...parts }: Parts & { readonly revisions: readonly RevisionRow[] },
): PairSource {
  if (pairs === "revisions") return revisionPairSource({ rows: revisions, constitution: parts.constitution });
  return drawnPairSource({ kind: pairs, feedback: policy, ...parts, seed, pairsPerPrompt, maxNewTokens, temperature });
}

function describeReport(out: string, report: PreferenceReport, fitted: FittedScale | undefined): string {
  const { rows, pairs, leftOut, confidence, positionBias, turnedByOrder } = report;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const lines = [
    `${rows} preferences of ${pairs} pairs are in ${out}; left out: ${leftOut.equalAnswers} of equal answers, ${leftOut.noPreference} without a preference`,
    confidence === null ? [] : `labels lie ${confidence.toFixed(3)} from 0.5 on average`,
    positionBias === null || turnedByOrder === null
      ? []
      : `position bias ${positionBias.toFixed(3)}; exchanging the answers turned ${percent(turnedByOrder)} of the choices`,
    fitted === undefined
      ? []
      : `scale ${fitted.scale.toFixed(3)}, fitted to ${fitted.pairs} contrast pairs, of which ${percent(fitted.accuracy)} are told right`,
  ];
  return `${lines.flat().join("\n")}\n`;
}
