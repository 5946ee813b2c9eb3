import type { StageRecord } from "./manifest.ts";

/** What a pipeline came to, in one line of JSON. */
export interface PipelineReport {
  readonly stages: readonly { readonly name: string; readonly seconds: number }[];
  /** Share of revisions that passed the gate; null where none were made. */
  readonly revisionYield: number | null;
  /** Share of labels that agree with the judge, of the pairs on which it is sure; null without such pairs. */
  readonly labelAgreement: number | null;
  /** Of the reward model, or with DPO of the policy's implicit reward, on held-out preferences; null without any. */
  readonly rewardAccuracy: number | null;
  /** Of the trained policy against the one that the pipeline began with, by the judge; ties are halves. */
  readonly winRate: number;
  /** Bootstrap over prompts, 95 %. */
  readonly winRateInterval: readonly [number, number];
  readonly lengthControlledWinRate: number;
  /** Win rates of the best of n answers of the base, by n. */
  readonly bestOfN: Readonly<Record<string, number>>;
  readonly klPerToken: number | null;
  readonly klPerResponse: number | null;
  readonly lengthRatio: number;
  readonly distinct2Ratio: number | null;
  /** Signs of over-optimisation that the audit of the training found; null where there was none. */
  readonly auditSigns: readonly string[] | null;
  /** Of all stages, over all starts. */
  readonly seconds: number;
}

/** Reads the report out of what the stages told. */
export function pipelineReport(records: readonly StageRecord[]): PipelineReport {
  const summaryOf = <Summary>(name: string) => records.find((record) => record.name === name)?.summary as Summary | undefined;
  const evaluation = summaryOf<{
    labels: { agreement: number | null } | null;
    winRate: number;
    winRateInterval: { bootstrap: { low: number; high: number } };
    lengthControlledWinRate: number;
    bestOfN: { n: number; winRate: number }[];
    klPerToken: number | null;
    klPerResponse: number | null;
    lengthRatio: number;
    distinct2Ratio: number | null;
  }>("evaluate")!;
  const { low, high } = evaluation.winRateInterval.bootstrap;
  const accuracy = summaryOf<{ accuracy?: number | null }>("reward") ?? summaryOf<{ accuracy?: number | null }>("rl");
  return {
    stages: records.map(({ name, seconds }) => ({ name, seconds: round(seconds) })),
    revisionYield: summaryOf<{ yield: number }>("revise")?.yield ?? null,
    labelAgreement: evaluation.labels?.agreement ?? null,
    rewardAccuracy: accuracy?.accuracy ?? null,
    winRate: evaluation.winRate,
    winRateInterval: [low, high],
    lengthControlledWinRate: evaluation.lengthControlledWinRate,
    bestOfN: Object.fromEntries(evaluation.bestOfN.map(({ n, winRate }) => [n, winRate])),
    klPerToken: evaluation.klPerToken,
    klPerResponse: evaluation.klPerResponse,
    lengthRatio: evaluation.lengthRatio,
    distinct2Ratio: evaluation.distinct2Ratio,
    auditSigns: summaryOf<{ signs: string[] }>("audit")?.signs ?? null,
    seconds: round(records.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
