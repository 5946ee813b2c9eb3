import { holdsRun, type RunCallbacks, type StepReport } from "@cai/training";
import type { StageContext } from "./stage.ts";

/** What every stage that trains tells its trainer: its folder, to go on in it where a run was begun there, and to tell how far it is. */
export async function runOptionsOf<Report extends StepReport>(
  { directory, resume, allowChanges, signal, progress, notice }: StageContext,
  totalSteps: () => number,
  heldOut: (metrics: Readonly<Record<string, number>>) => void = () => {},
) {
  const callbacks: RunCallbacks<Report, { readonly step: number; readonly metrics: Readonly<Record<string, number>> }> = {
    onStep: ({ step }) => progress(step / totalSteps()),
    onEvaluation: ({ metrics }) => heldOut(metrics),
    onNotice: notice,
  };
  return { out: directory, resume: resume && (await holdsRun(directory)), allowChanges, ...(signal && { signal }), callbacks };
}
