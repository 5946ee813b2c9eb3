import { produceRevisions, type RevisionReport, readConstitution, revisionFiles, writeRevisionFiles } from "@cai/constitution";
import { disposing } from "@cai/training";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { readingInput } from "./exit-codes.ts";
import { makingRows, refuseUnfitFiles } from "./making-rows.ts";
import { openAsked } from "./open-asked.ts";
import { promptMessages } from "./prompt-messages.ts";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";
import type { ReviseSettings } from "./revise-settings.ts";
import { runDisplay, sayBackend } from "./run-display.ts";
import { print } from "./visible.ts";

/** Revises as the settings say: progress on standard error; on standard output what came of it, with `json` as one line. */
export async function runRevise(
  settings: ReviseSettings,
  { resume, json }: { readonly resume: boolean; readonly json: boolean },
): Promise<void> {
  const { out, options } = settings;
  await refuseUnfitFiles({ rows: out, files: [out, ...Object.values(revisionFiles(out))], resume });
  const constitution = await readingInput(() => readConstitution(settings.constitution));
  const reader = dataReader(settings);
  const prompts = (await readPromptRows(reader, settings.prompts, { split: "train" })).map(promptMessages);

  const report = await disposing(async (own) => {
    const backend = await prepareChosenBackend();
    const { batchSize, ...revision } = options;
    const { policy, judge: feedback, format } = await openAsked(settings, backend, own);
    const display = runDisplay({ json, steps: prompts.length });
    sayBackend(display, backend);
    const made = await makingRows(display, (how) =>
      produceRevisions({ file: out, chunkRows: batchSize, policy, feedback, constitution, prompts, ...revision, ...how }),
    );
    await writeRevisionFiles({ file: out, ...made, format });
    reader.tellSkipped();
    return made.report;
  });
  print(json ? `${JSON.stringify({ out, ...report })}\n` : describeRevisions(out, report));
}

/** The report as a person reads it. */
export function describeRevisions(out: string, report: RevisionReport): string {
  const { prompts, promptsKept, revisions, revisionsKept, refusals, endings, likelihood, unchecked, lengthRatio } = report;
  const { examples, pairs } = revisionFiles(out);
  const reasons = Object.entries(refusals)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`);
  const { compared, preferred, meanGain } = likelihood;
  const lines = [
    `of ${promptsKept} of ${prompts} prompts (${(100 * report.yield).toFixed(0)} %) a revision was kept, ${revisionsKept} of ${revisions} revisions`,
    reasons.length === 0 ? [] : `refused: ${reasons.join(", ")}`,
    describeEndings(endings),
    refusals.cut === 0 ? [] : "fewer are cut with a higher --max-new-tokens; --no-refuse-cut keeps them",
    preferred === null || meanGain === null
      ? []
      : `by likelihood ratio ${(100 * preferred).toFixed(0)} % of ${compared} were preferred to their originals; mean gain ${meanGain.toFixed(2)} nats`,
    Object.entries(unchecked).map(([reason, count]) => `not compared by likelihood ratio: ${count} (${reason})`),
    lengthRatio === null ? [] : `kept revisions are ${lengthRatio.toFixed(2)} times as long as their originals`,
    `everything is in ${out}; for training: ${examples}, ${pairs}`,
  ];
  return `${lines.flat().join("\n")}\n`;
}

/** What was cut, and of how many revisions nobody knows; nothing where all ended by themselves. */
function describeEndings({ responses, critiques, revisions }: RevisionReport["endings"]): string[] {
  const cut = Object.entries({ answers: responses, critiques, revisions }).filter(([, endings]) => (endings.cut ?? 0) > 0);
  return [
    ...(cut.length === 0 ? [] : [`cut, at maxNewTokens as a rule: ${cut.map(([kind, endings]) => `${endings.cut} ${kind}`).join(", ")}`]),
    ...(revisions.unknown === undefined ? [] : [`the model doesn't say of ${revisions.unknown} revisions whether they were cut`]),
  ];
}
