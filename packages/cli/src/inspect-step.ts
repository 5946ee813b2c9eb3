import { type Inspection, openInspector } from "@cai/dashboard";
import { readDraws } from "@cai/run-log";
import { changedNumbers } from "./compare-steps.ts";
import { nearestCheckpoint } from "./copy-run.ts";
import { CliError } from "./error.ts";
import { inspectionLines } from "./inspection-lines.ts";
import { makeInspectedStep } from "./make-inspected-step.ts";
import { commandOfRun } from "./run-command-of.ts";
import { serveUntilSignal } from "./serve-until-signal.ts";
import { print } from "./visible.ts";

/** The flags of `cai inspect`. */
export interface InspectFlags {
  readonly step: number;
  readonly rows?: number;
  readonly top?: number;
  /** Options that differ in a second making of the step. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly page?: boolean;
  readonly port: number;
  readonly json?: boolean;
}

/** What is shown where nobody says how much. */
const shownIn = { terminal: { rows: 2, top: 3 }, page: { rows: 8, top: 8 } };

/**
 * Makes a step again from the nearest checkpoint before it, once more with other options where there are some, and shows what it was: in lines, or
 * on a page until a signal comes.
 */
export async function inspectStep(
  directory: string,
  { step, set, page = false, port, json = false, ...asked }: InspectFlags,
): Promise<void> {
  const { command, config: own } = await commandOfRun(directory);
  const config = own.staleness ? { ...own, drawsOf: directory } : own;
  if (command !== "train")
    throw new CliError("usage", `${directory} is a run of cai ${command}: only steps of cai train are made of tokens that it wrote`);
  if (!Number.isInteger(step) || step < 1) throw new CliError("usage", `--step ${step}: give a step's number, from 1`);
  const from = await checkpointBefore(directory, step);
  const look = { ...(page ? shownIn.page : shownIn.terminal), ...asked };
  const { original, other } = await makeInspectedStep({ directory, from, config, set, step, ...look });
  const inspection: Inspection = {
    ...{ run: directory, step, from, original },
    ...(other && { set, other, differences: changedNumbers(original.metrics, other.metrics) }),
  };
  if (page) await serveUntilSignal(await openInspector({ inspection, port }), { does: `shows step ${step} of ${directory}`, json });
  else print(json ? `${asJson(inspection)}\n` : `${inspectionLines(inspection).join("\n")}\n`);
}

/** The newest checkpoint from which a step can be made again: none of what is made on the way was drawn with weights from before it. 0: none. */
async function checkpointBefore(directory: string, step: number): Promise<number> {
  const draws = await readDraws(directory);
  for (let latest = step - 1; ; ) {
    const from = await nearestCheckpoint(directory, latest);
    const made = Array.from({ length: step - from }, (_, next) => draws.get(from + 1 + next) ?? []);
    const oldest = Math.min(from, ...made.flat());
    if (oldest === from) return from;
    latest = oldest;
  }
}

/** The original's own numbers stand at the top, as those of a step that was made once do. */
const asJson = ({ step, from, original, set, other, differences }: Inspection): string =>
  JSON.stringify({ step, from, ...original, ...(other && { set, other, differences }) });
