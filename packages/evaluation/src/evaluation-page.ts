import type { Answer } from "./answer-prompts.ts";
import type { ComparedSample, PolicyComparison } from "./compare-policies.ts";
import { drawPlot } from "./draw-plot.ts";
import { escapeHtml } from "./escape-html.ts";
import { numberText, percentText } from "./number-text.ts";
import { renderPage } from "./render-page.ts";
import type { BestOfNSummary } from "./summarise-comparison.ts";
import type { Interval } from "./wilson-interval.ts";

/** What the policies and rewards are called on the page. */
export interface EvaluationNames {
  readonly policy: string;
  readonly base: string;
  readonly judge: string;
  readonly proxy?: string | undefined;
  /** How prompts were written for both: `chat`, `dialogue` or `continuation`. */
  readonly format?: string | undefined;
}

/**
 * A comparison as a page of HTML by itself: figures, the policy beside the best of n on one axis of KL, and every prompt with both answers, to
 * be sorted by how far their scores are apart. It asks for nothing from elsewhere; what models wrote is text in it, never markup.
 *
 * @example
 * const base = await loadPolicy("./gpt2");
 * const judge = ({ responses }) => responses.map((response) => response.length);
 * const comparison = await comparePolicies({ policy, base, judge, prompts, bestOf: 2, maxNewTokens: 4 });
 * const page = evaluationPage(comparison, { policy: "trained", base: "untrained", judge: "length" });
 */
export function evaluationPage(comparison: PolicyComparison, names: EvaluationNames): string {
  const title = `${names.policy} against ${names.base}`;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>Judged by ${escapeHtml(names.judge)} on ${comparison.prompts} prompts, ${answersText(comparison.settings.draws)} each.</p>`,
    figures(comparison),
    frontier(comparison),
    bestOfTable(comparison),
    `<h2>Answers</h2>`,
    `<div class="sort"><button data-by="prompt" aria-pressed="true">in order</button><button data-by="won">won by most</button><button data-by="lost">lost by most</button></div>`,
    `<div id="samples">`,
    ...comparison.samples.map((sample, index) => sampleArticle(sample, index)),
    `</div>`,
    `<h2>How it was made</h2>`,
    `<p>${escapeHtml(settingsText(comparison, names))}</p>`,
  ];
  return renderPage({ title, body: body.join("\n"), script });
}

function figures(comparison: PolicyComparison): string {
  const { winRate, winRateInterval, lengthControlledWinRate, lengthControlledInterval, wins, ties, losses, gain, meanScore } = comparison;
  const { klPerResponse, klPerToken, lengthRatio, meanLength, distinct2Ratio, promptCopies, proxy } = comparison;
  const level = `${Math.round(100 * comparison.settings.level)} %`;
  const between = ({ low, high }: Interval) => `${level}: ${numberText(100 * low, 1)} to ${percentText(high)}`;
  const cards: (readonly [name: string, value: string, ...more: string[]])[] = [
    ["Win rate", percentText(winRate), between(winRateInterval.wilson), `${wins} won, ${ties} tied, ${losses} lost`],
    ["… at equal length", percentText(lengthControlledWinRate), between(lengthControlledInterval)],
    ["Judge's score", `${numberText(meanScore.base)} → ${numberText(meanScore.policy)}`, gainText(gain)],
    ...(proxy
      ? [["Training reward", `${numberText(proxy.meanScore.base)} → ${numberText(proxy.meanScore.policy)}`, gainText(proxy.gain)] as const]
      : []),
    [
      "KL an answer",
      klPerResponse === null ? "–" : `${numberText(klPerResponse)} nats`,
      klPerToken === null ? "not measured" : `${numberText(klPerToken, 3)} a token`,
    ],
    ["Length", `${numberText(lengthRatio)} ×`, `${numberText(meanLength.base, 1)} → ${numberText(meanLength.policy, 1)} tokens`],
    ["Variety (distinct-2)", `${numberText(distinct2Ratio)} ×`, "of the base's"],
    ["Copies of the prompt", percentText(promptCopies.policy), `base: ${percentText(promptCopies.base)}`],
  ];
  const card = ([name, value, ...more]: (typeof cards)[number]) =>
    `<div><dt>${name}</dt><dd>${value}${more.map((line) => `<small>${line}</small>`).join("")}</dd></div>`;
  return `<dl class="figures">${cards.map(card).join("")}</dl>`;
}

function frontier({ klPerResponse, meanScore, bestOfN }: PolicyComparison): string {
  if (klPerResponse === null && bestOfN.length === 0) return "";
  const best = (scoreOf: (each: BestOfNSummary) => number) => [
    { x: 0, y: meanScore.base },
    ...bestOfN.map((each) => ({ x: each.kl, y: scoreOf(each), label: `${each.n}` })),
  ];
  const series = [
    { name: "best of n of the base", shape: "line" as const, points: best((each) => each.meanScore) },
    { name: "policy", shape: "points" as const, points: [{ x: Math.max(klPerResponse ?? Number.NaN, 0), y: meanScore.policy }] },
    ...(bestOfN.some(({ byProxy }) => byProxy)
      ? [{ name: "best of n, chosen by the training reward", shape: "line" as const, points: best((each) => each.byProxy!.meanScore) }]
      : []),
  ];
  const plot = drawPlot({ series, xLabel: "KL from the base, nats an answer", yLabel: "judge's mean score" });
  return `<h2>What it cost</h2>\n${plot}`;
}

function bestOfTable({ bestOfN, winRate, klPerResponse, meanScore, gain }: PolicyComparison): string {
  if (bestOfN.length === 0) return "";
  const hasProxy = bestOfN[0]!.byProxy !== undefined;
  const row = (cells: readonly string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  const rows = bestOfN.map(({ n, kl, winRate: rate, meanScore: score, gain: gained, byProxy }) =>
    row([
      `best of ${n}`,
      numberText(kl),
      percentText(rate),
      numberText(score),
      numberText(gained),
      ...(byProxy ? [percentText(byProxy.winRate)] : []),
    ]),
  );
  const own = row([
    "policy",
    numberText(klPerResponse),
    percentText(winRate),
    numberText(meanScore.policy),
    numberText(gain),
    ...(hasProxy ? ["–"] : []),
  ]);
  const header = [
    "",
    "KL an answer",
    "win rate",
    "judge's score",
    "gain in deviations",
    ...(hasProxy ? ["win rate, training reward chooses"] : []),
  ];
  return `<div class="scroll"><table><thead><tr>${header.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${own}${rows.join("")}</tbody></table></div>`;
}

function sampleArticle({ prompt, margin, policy, base }: ComparedSample, index: number): string {
  const draws = policy.map((_, draw) => draw).concat(base.slice(policy.length).map((_, extra) => policy.length + extra));
  const pair = (draw: number) => `<div class="sides">${side("policy", policy[draw])}${side("base", base[draw])}</div>`;
  const more = draws.slice(1).map(pair).join("");
  return `<article data-index="${index}" data-margin="${margin}"><h3 dir="auto">${escapeHtml(prompt)}</h3>${pair(0)}${more && `<details><summary class="quiet">${draws.length - 1} more</summary>${more}</details>`}</article>`;
}

function side(name: string, answer: Answer | undefined): string {
  if (answer === undefined) return "<div></div>";
  const { response, score, proxyScore, tokens } = answer;
  const scores = `${numberText(score)}${proxyScore === undefined ? "" : ` · training reward ${numberText(proxyScore)}`} · ${tokens} tokens`;
  return `<div class="side"><header>${name} · ${scores}</header><p dir="auto">${escapeHtml(response)}</p></div>`;
}

function settingsText({ settings, bestOfN }: PolicyComparison, { policy, base, judge, proxy, format }: EvaluationNames): string {
  const { seed, temperature, maxNewTokens, tie, level, resamples } = settings;
  const rewards = `judge ${judge}${proxy === undefined ? "" : `, training reward ${proxy}`}`;
  return (
    `Policy ${policy}, base ${base}; ${rewards}.${format === undefined ? "" : ` Format of the prompts: ${format}.`} Both answer with the same draws: seed ${seed}, temperature ${temperature}, at most ${maxNewTokens} tokens. ` +
    `Scores within ${tie} are a tie. The win rate's interval is Wilson's, prompts counting as trials; that at equal length is a bootstrap over prompts ` +
    `(${resamples} samples, level ${level}).${bestOfN.length > 0 ? ` The best of n is taken from ${settings.bestOf} further answers of the base; its KL is ln n − (n − 1)/n.` : ""}`
  );
}

const answersText = (draws: number): string => (draws === 1 ? "one answer" : `${draws} answers`);
const gainText = (gain: number | null): string =>
  gain === null ? "the base's are all equal" : `${gain < 0 ? "−" : "+"}${numberText(Math.abs(gain))} deviations`;

const script = `
const samples = document.getElementById("samples");
const orders = { prompt: (a, b) => a.dataset.index - b.dataset.index, won: (a, b) => b.dataset.margin - a.dataset.margin, lost: (a, b) => a.dataset.margin - b.dataset.margin };
for (const button of document.querySelectorAll("[data-by]")) button.addEventListener("click", () => {
  samples.append(...[...samples.children].sort(orders[button.dataset.by]));
  for (const other of document.querySelectorAll("[data-by]")) other.setAttribute("aria-pressed", other === button);
});
`;
