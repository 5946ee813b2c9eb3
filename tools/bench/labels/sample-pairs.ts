import { byAgreement } from "./agreement.ts";
import type { Judged, Labelled } from "./labels-page.ts";

/**
 * As Markdown, the first pairs in the order in which they were drawn on which the first judge is sure: some on which the first labeller agrees with
 * it, and some on which it doesn't.
 */
export function samplePairs({
  labelled,
  judged,
  sure,
  shown,
}: {
  readonly labelled: readonly Labelled[];
  readonly judged: readonly Judged[];
  readonly sure: number;
  /** Of each of the two. */
  readonly shown: number;
}): string {
  const [{ labeller, pairs }] = labelled as readonly [Labelled];
  const [{ judge, scores }] = judged as readonly [Judged];
  const { right, wrong } = byAgreement({ probabilities: pairs.map(({ probability }) => probability), scores, sure });
  const told = (place: number, says: string) => {
    const { prompt, answers, principle } = pairs[place]!;
    const labels = labelled.flatMap((each) => (each.pairs[place] ? [`${each.labeller} ${each.pairs[place].probability.toFixed(2)}`] : []));
    const margins = judged.map((each) => `${each.judge} ${(each.scores[place]![0] - each.scores[place]![1]).toFixed(1)}`);
    return `- ${says}, by “${principle}”: ${quoted(prompt.at(-1)!.content as string)}
  - first: ${quoted(answers[0])}
  - second: ${quoted(answers[1])}
  - probability that the first is better: ${labels.join(", ")}; the first's score less the second's: ${margins.join(", ")}`;
  };
  const lines = [
    ...right.slice(0, shown).map((place) => told(place, "agrees")),
    ...wrong.slice(0, shown).map((place) => told(place, "disagrees")),
  ];
  return `Where ${judge} is sure by ${sure}, ${labeller} agrees with it on ${right.length} pairs and disagrees on ${wrong.length}; the first of each:

${lines.join("\n")}`;
}

/** On one line, with nothing that Markdown reads as its own. */
const quoted = (text: string): string =>
  `“${text
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_<>[\]|#]/g, "\\$&")}”`;
