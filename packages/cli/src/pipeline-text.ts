import { join } from "node:path";
import type { PipelineReport } from "@cai/constitution";
import { formatSeconds } from "./progress-bar.ts";

/** What a pipeline came to, for people. */
export function describePipeline(report: PipelineReport, out: string): string {
  const { winRate, winRateInterval, lengthControlledWinRate, labelAgreement, rewardAccuracy, revisionYield, bestOfN, auditSigns } = report;
  const best = Object.entries(bestOfN).map(([n, rate]) => `${n}: ${percent(rate)}`);
  const lines: [string, string | undefined][] = [
    [
      "win rate",
      `${percent(winRate)} (${winRateInterval.map(percent).join(" to ")}), ${percent(lengthControlledWinRate)} with length controlled`,
    ],
    ["best of n of the base", best.length > 0 ? best.join(", ") : undefined],
    [
      "KL",
      report.klPerToken === null
        ? undefined
        : `${report.klPerToken.toFixed(3)} nats a token, ${report.klPerResponse!.toFixed(2)} an answer`,
    ],
    ["length, against the base", report.lengthRatio.toFixed(2)],
    ["variety (distinct-2)", report.distinct2Ratio === null ? undefined : `${report.distinct2Ratio.toFixed(2)} of the base's`],
    ["revisions kept", revisionYield === null ? undefined : percent(revisionYield)],
    ["labels that agree with the judge", labelAgreement === null ? undefined : percent(labelAgreement)],
    ["accuracy on held-out pairs", rewardAccuracy === null ? undefined : percent(rewardAccuracy)],
    ["signs of over-optimisation", auditSigns === null ? undefined : auditSigns.join(", ") || "none shows"],
    ["time", formatSeconds(report.seconds)],
  ];
  const trained = report.stages.some(({ name }) => name === "rl") ? "rl" : "sft";
  const shown = lines.filter((line): line is [string, string] => line[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    ...shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    "",
    `The policy is in ${join(out, trained, "final")}, samples side by side in ${join(out, "evaluate", "index.html")}`,
  ].join("\n");
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
