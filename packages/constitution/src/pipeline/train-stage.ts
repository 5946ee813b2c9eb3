import type { RunCallbacks, StepReport } from "@cai/training";
import type { StageContext } from "./stage.ts";

/** What every stage that trains tells its trainer: its folder, to go on in it, and to tell how far it is. */
export function runOptionsOf<Report extends StepReport>(
  { directory, resume, signal, progress, notice }: StageContext,
  totalSteps: () => number,
  heldOut: (metrics: Readonly<Record<string, number>>) => void = () => {},
) {
  const callbacks: RunCallbacks<Report, { readonly step: number; readonly metrics: Readonly<Record<string, number>> }> = {
    onStep: ({ step }) => progress(step / totalSteps()),
    onEvaluation: ({ metrics }) => heldOut(metrics),
    onNotice: notice,
  };
  return { out: directory, resume, ...(signal && { signal }), callbacks };
}
