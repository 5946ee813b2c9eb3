import type { LabelledPair, PreferenceReport } from "@cai/constitution";
import { markdownTable } from "../table.mjs";
import { agreementWith, onlyAbove, preferenceCount, prefersFirst, type Share, unreadShare } from "./agreement.ts";
import { samplePairs } from "./sample-pairs.ts";

/** What a labeller said of pairs. */
export interface Labelled {
  readonly labeller: string;
  /** Those of its kind, or the first of them. */
  readonly pairs: readonly LabelledPair[];
  readonly report: Pick<PreferenceReport, "confidence" | "positionBias" | "turnedByOrder">;
  /** 0 where it uses what another computed. */
  readonly cpuSeconds: number;
}

/** What a judge gives both answers of each pair, in log-odds. */
export interface Judged {
  readonly judge: string;
  readonly scores: readonly (readonly [number, number])[];
}

/** Pairs of a kind. */
export interface PairsOfKind {
  readonly labelled: readonly Labelled[];
  readonly judged: readonly Judged[];
  /** That drawing them took. */
  readonly cpuSeconds: number;
}

/** What the page tells. */
export interface LabelsPageOptions {
  readonly contrast: PairsOfKind;
  readonly sampled: PairsOfKind;
  readonly model: string;
  readonly prompts: number;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly command: string;
  readonly machine: string;
}

/** By how much a judge's scores must differ, in log-odds, for its opinion to count. */
const thresholds = [2.5, 1, 0.5, 0];
/** Above which a labeller is sure itself. */
const certain = 0.95;

/** The page that says how labellers compare. */
export function labelsPage({
  contrast,
  sampled,
  model,
  prompts,
  maxNewTokens,
  temperature,
  seed,
  command,
  machine,
}: LabelsPageOptions): string {
  return `# How well a small model labels pairs of answers

\`${model}\` writes both answers of each pair, to ${prompts} prompts that provoke, and judges them itself by the constitution
[\`courtesy.yaml\`](../../../docs/examples/constitutional-ai/courtesy.yaml). Answers have at most ${maxNewTokens} tokens, drawn at temperature ${temperature} with the seed ${seed}; they are drawn
once, and every labeller labels the same. Labellers that write before they say anything have the first pairs only.

Two judges took no part: **tox-block**, a network that learnt from Wikipedia's comments, and **hatesonar**, a regression on the words of tweets. Of 20 written
pairs of a courteous and a rude answer tox-block ranks 20 right; hatesonar 13: it knows slurs, and is no judge of courtesy. A judge is sure where its two
scores, log-odds, lie further apart than the number above the column; above 0 are all pairs. A cell counts the pairs whose label says what the judge
says, of those on which the judge is sure and the label prefers one answer, with Wilson's 95 % interval. How far a judge can be trusted, the rows
of the other judge and of \`contrast\`, the label by construction, tell.

## Contrast pairs: an answer under each persona

${section(contrast, { persona: true })}

## Sampled pairs: two ordinary answers

${section(sampled, { persona: false })}

## How it was made

\`${command}\`, on ${machine}, other work beside it. CPU seconds are of all cores together; ratios per token are made of the numbers of those per answer.
`;
}

function section({ labelled, judged, cpuSeconds }: PairsOfKind, { persona }: { readonly persona: boolean }): string {
  const agreements = judged.map(
    ({ judge, scores }) => `Agreement with ${judge}, where its scores differ by more than

${agreementTable({ labelled, scores, others: judged.filter((other) => other.judge !== judge) })}`,
  );
  return `${labellerTable(labelled, persona)}

Drawing the pairs took ${cpuSeconds.toFixed(0)} CPU seconds.

${agreements.join("\n\n")}

${samplePairs({ labelled, judged, sure: thresholds[0]!, shown: 2 })}`;
}

function labellerTable(labelled: readonly Labelled[], persona: boolean): string {
  const columns: Readonly<Record<string, (each: Labelled) => string>> = {
    labeller: ({ labeller }) => labeller,
    "pairs with a preference": ({ pairs }) => `${preferenceCount(probabilitiesOf(pairs))} of ${pairs.length}`,
    ...(persona && { "names the persona": ({ pairs }) => shareText(prefersFirst(probabilitiesOf(pairs))) }),
    "mean of \\|p − ½\\|": ({ report }) => report.confidence?.toFixed(3) ?? "",
    "position bias": ({ report }) => report.positionBias?.toFixed(3) ?? "",
    "turned by order": ({ report }) => (report.turnedByOrder === null ? "" : percent(report.turnedByOrder)),
    "verdicts unread": ({ pairs }) => percentOrNone(unreadShare(pairs)),
    "CPU seconds": ({ cpuSeconds }) => cpuSeconds.toFixed(0),
  };
  return markdownTable([Object.keys(columns), ...labelled.map((each) => Object.values(columns).map((column) => column(each)))]);
}

function agreementTable({
  labelled,
  scores,
  others,
}: {
  readonly labelled: readonly Labelled[];
  readonly scores: Judged["scores"];
  readonly others: readonly Judged[];
}): string {
  const labels = [
    ...labelled.map(({ labeller, pairs }) => ({ name: labeller, probabilities: probabilitiesOf(pairs) })),
    ...labelled
      .filter(({ labeller }) => labeller === "likelihood-ratio")
      .map(({ labeller, pairs }) => ({
        name: `${labeller}, where above ${certain}`,
        probabilities: onlyAbove(probabilitiesOf(pairs), certain),
      })),
    ...others.map(({ judge, scores: given }) => ({
      name: judge,
      probabilities: given.map(([first, second]) => (1 + Math.sign(first - second)) / 2),
    })),
  ];
  const rows = labels.map(({ name, probabilities }) => [
    name,
    ...thresholds.map((sure) => shareText(agreementWith({ probabilities, scores: scores.slice(0, probabilities.length), sure }))),
  ]);
  return markdownTable([["", ...thresholds.map(String)], ...rows]);
}

const probabilitiesOf = (pairs: readonly LabelledPair[]): number[] => pairs.map(({ probability }) => probability);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const percentOrNone = (share: number | undefined): string => (share === undefined ? "" : percent(share));

function shareText({ hits, of, interval }: Share): string {
  if (interval === undefined) return "0 of 0";
  return `${hits} of ${of}: ${percent(hits / of)} (${(100 * interval.low).toFixed(0)} to ${(100 * interval.high).toFixed(0)})`;
}
