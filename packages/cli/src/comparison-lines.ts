import type { Interval, PolicyComparison } from "@cai/evaluation";
import type { PromptFormatName } from "@cai/feedback";
import { signed } from "./samples-table.ts";

const formatTexts: Readonly<Record<PromptFormatName, string>> = {
  chat: "asked by the chat template (format chat)",
  dialogue: "asked as turns of Human and Assistant (format dialogue)",
  continuation: "texts to go on with (format continuation)",
};

/** A comparison in a few lines, for a reader. */
export function comparisonLines(comparison: PolicyComparison, { format }: { readonly format: PromptFormatName }): string[] {
  const { prompts, settings, winRate, winRateInterval, wins, ties, losses, lengthControlledWinRate, lengthControlledInterval } = comparison;
  const { meanScore, gain, proxy, klPerResponse, klPerToken, bestOfN, lengthRatio, distinct2Ratio, promptCopies } = comparison;
  const level = `${Math.round(100 * settings.level)} %`;
  const between = ({ low, high }: Interval) => `${level}: ${(100 * low).toFixed(1)} to ${percent(high)}`;
  const scores = (mean: { policy: number; base: number }, gained: number | null) =>
    `${signed(mean.base)} → ${signed(mean.policy)}${gained === null ? "" : `, ${signed(gained)} deviations of the base's`}`;
  const lines: (readonly [string, string])[] = [
    ["prompts", `${prompts}, ${formatTexts[format]}`],
    [
      "win rate",
      `${percent(winRate)}  (${between(winRateInterval.wilson)}; ${wins} won, ${ties} tied, ${losses} lost on ${prompts} prompts)`,
    ],
    ["at equal length", `${percent(lengthControlledWinRate)}  (${between(lengthControlledInterval)})`],
    ["judge's score", scores(meanScore, gain)],
    ...(proxy ? [["training reward", `${scores(proxy.meanScore, proxy.gain)}; win rate ${percent(proxy.winRate)}`] as const] : []),
    [
      "KL",
      klPerResponse === null
        ? "not measured"
        : `${klPerResponse.toFixed(2)} nats an answer, ${klPerToken!.toFixed(3)} a token`.replaceAll("-", "−"),
    ],
    ...bestOfN
      .slice(-1)
      .map(
        ({ n, kl, winRate: rate, meanScore: score }) =>
          [`best of ${n}`, `win rate ${percent(rate)}, judge's score ${signed(score)}, at ${kl.toFixed(2)} nats an answer`] as const,
      ),
    [
      "answers",
      `${lengthRatio.toFixed(2)} times the base's length, ${distinct2Ratio === null ? "–" : distinct2Ratio.toFixed(2)} times its distinct-2, ` +
        `${percent(promptCopies.policy)} copies of the prompt (base ${percent(promptCopies.base)})`,
    ],
  ];
  return lines.map(([name, text]) => `${name.padEnd(16)} ${text}`);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
