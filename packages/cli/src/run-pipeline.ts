import { type PipelineReport, runConstitutionalPipeline } from "@cai/constitution";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { endedBySignal, interruptible } from "./interrupt.ts";
import type { LabelWorkersSettings } from "./label-flags.ts";
import { openJudge } from "./open-asked.ts";
import type { PipelineSettings } from "./pipeline-settings.ts";
import { describePipeline } from "./pipeline-text.ts";
import { formatSeconds } from "./progress-bar.ts";
import { promptMessages } from "./prompt-messages.ts";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { resolveReward } from "./resolve-reward.ts";
import type { RunFlags } from "./run-flags.ts";
import { stageLine } from "./stage-line.ts";
import { terminalOf } from "./terminal.ts";
import { print } from "./visible.ts";

/**
 * Runs a pipeline, and tells how it goes on standard error. A first Ctrl-C ends it where `resume` goes on.
 *
 * @throws CliError `usage`, `interrupted`
 */
export async function runPipelineCommand(
  { config, out }: PipelineSettings,
  {
    resume,
    allowChanges,
    json,
    skipBadLines,
    ...asking
  }: Omit<RunFlags, "overwrite"> & LabelWorkersSettings & { readonly skipBadLines: boolean },
): Promise<void> {
  const reader = dataReader({ skipBadLines });
  const prompts = (await readPromptRows(reader, config.prompts, { split: "train" })).map(promptMessages);
  const heldOutPrompts = (await readPromptRows(reader, config.heldOutPrompts, { split: "heldout" })).map(promptMessages);
  const terminal = terminalOf(process.stderr);
  const line = json && !terminal.interactive ? undefined : stageLine(terminal);
  const say = (text: string) => line?.say(text);
  const loading = endedBySignal();
  const backend = await prepareChosenBackend().finally(loading.dispose);
  const ended = () => "within a stage: the same command with --resume goes on from there";
  let report: PipelineReport;
  try {
    report = await interruptible({ announce: say, ended }, (signal) =>
      runConstitutionalPipeline({
        config,
        out,
        prompts,
        heldOutPrompts,
        parts: {
          openPolicy: (source, lora) => resolvePolicy(source, { ...(lora && { lora }) }),
          openReward: (source) => resolveReward(source),
          openFeedback: (source) => openJudge(source, { ...asking, batchSize: config.batchSize, out }, backend),
        },
        resume,
        allowChanges,
        signal,
        onProgress: (progress) => line?.show(progress),
        onStage: ({ name, skipped, seconds }) => say(skipped ? `${name}: unchanged` : `${name}: done in ${formatSeconds(seconds)}`),
        onNotice: line ? say : (text) => terminal.write(`${text}\n`),
      }),
    );
  } finally {
    line?.end();
  }
  reader.tellSkipped();
  print(json ? `${JSON.stringify(report)}\n` : `${describePipeline(report, out)}\n`);
}
