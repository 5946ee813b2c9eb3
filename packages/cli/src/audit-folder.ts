import { join } from "node:path";
import { withoutSecrets } from "@cai/endpoint";
import { auditRun, judgeSamples, type RunAudit, writeAudit } from "@cai/evaluation";
import { type LoggedSample, readMetrics, readSamples } from "@cai/run-log";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { type JudgeFlags, resolveJudge } from "./judge-flags.ts";
import { inFolderOfItsOwn } from "./refuse-out.ts";
import { print } from "./visible.ts";

/** The flags of `cai audit`. */
export interface AuditFlags extends JudgeFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Audits a run's folder, prints its signs, and writes them with plots to `--out`. */
export const auditFolder = (directory: string, flags: AuditFlags): Promise<void> =>
  inFolderOfItsOwn(flags.out, () => auditAndTell(directory, flags));

async function auditAndTell(directory: string, { judge, out, json = false, ...flags }: AuditFlags): Promise<void> {
  const metrics = await readMetrics(directory);
  if (metrics.length === 0)
    throw new CliError("usage", `${directory} has no steps in metrics.jsonl: give the folder that cai train wrote, as its --out`);
  const samples = await readingInput(() => readSamples(directory));
  if (judge !== undefined && samples.length === 0)
    throw new CliError("usage", `${directory} has no answers in samples.jsonl for --judge to score: leave it out`);
  await readingInput(() => auditRun({ metrics, samples })); // what it can't audit is refused before a judge is loaded
  const gold = judge === undefined ? undefined : await goldScores(judge, flags, samples);
  const audit = auditRun({ metrics, samples, ...(gold && { gold }) });

  const names = { run: directory, ...(judge !== undefined && { judge: withoutSecrets(judge) }) };
  if (out !== undefined) await writeAudit({ directory: out, audit, names });
  if (json) print(`${JSON.stringify({ ...names, ...audit })}\n`);
  else print(`${[...auditLines(audit), ...(out === undefined ? [] : [`page: ${join(out, "index.html")}`])].join("\n")}\n`);
}

async function goldScores(judge: string, flags: JudgeFlags, samples: readonly LoggedSample[]): Promise<Float32Array> {
  const model = await resolveJudge(judge, flags);
  try {
    return await judgeSamples(model, samples);
  } finally {
    await model.dispose?.();
  }
}

/** Each sign with its figure and threshold; those that show have a mark. */
function auditLines({ steps, signs }: RunAudit): string[] {
  const shown = signs.filter(({ shows }) => shows).length;
  const lines = signs.map(({ name, figureIs, figure, below, above, shows }) => {
    const threshold = [...(below === undefined ? [] : [`below ${below}`]), ...(above === undefined ? [] : [`above ${above}`])].join(" or ");
    const text = figure === null ? "not measured" : figure.toFixed(2).replace("-", "−");
    return `${shows ? "!" : " "} ${name.padEnd(19)} ${text.padStart(12)}   a sign ${threshold}: ${figureIs}`;
  });
  return [`${steps} steps; ${shown} of ${signs.length} signs show. Signs are no verdicts, and none is no promise.`, ...lines];
}
