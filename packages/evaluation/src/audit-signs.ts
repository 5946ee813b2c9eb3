import type { AuditStretch, StretchParts } from "./audit-run.ts";
import { distinctN } from "./distinct-n.ts";
import type { OverOptimisationFit } from "./fit-over-optimisation.ts";
import { wordsOf } from "./words.ts";

/** A figure that over-optimised runs show, beside the threshold from which it counts as a sign. */
export interface AuditSign {
  readonly name: string;
  /** What the figure is, in words. */
  readonly figureIs: string;
  /** Null where the run logged too little. */
  readonly figure: number | null;
  /** It is a sign where the figure lies below the first, or above the second. */
  readonly below?: number;
  readonly above?: number;
  readonly shows: boolean;
}

interface Given {
  readonly parts: readonly StretchParts[];
  readonly stretches: readonly AuditStretch[];
  readonly goldFit: OverOptimisationFit | null;
}

/** All signs that are looked for, those that show and those that don't. First and last are the run's first and last stretch. */
export function signsOf({ parts, stretches, goldFit }: Given): AuditSign[] {
  const [first, last] = [stretches[0]!, stretches.at(-1)!];
  const [start, end] = [parts[0]!, parts.at(-1)!];
  const farthest = Math.max(...stretches.map(({ distance }) => distance ?? 0));
  return [
    sign("gold-fell", "the gold score's fall from its best stretch to the last, in standard errors", fallInErrors(parts), { above: 3 }),
    sign(
      "proxy-outruns-gold",
      "what the proxy gained more than the gold score on the same answers, first to last, each in its own deviations, in standard errors",
      gainApartInErrors(parts),
      { above: 3 },
    ),
    sign(
      "gold-peak-passed",
      "the farthest √KL over that at which the fitted gold score is highest",
      goldFit?.peak ? farthest / goldFit.peak : null,
      { above: 1 },
    ),
    sign("far-from-start", "KL a token in the last stretch, nats", last.klPerToken, { above: 0.5 }),
    sign("length-drift", "mean length, last over first", ratio(last.length, first.length), { below: 0.7, above: 1.4 }),
    sign("spread-collapse", "standard deviation of the reward, last over first", ratio(last.spread, first.spread), { below: 0.5 }),
    sign("equal-groups", "share of groups whose rewards are all equal, last", last.equalGroups, { above: 0.5 }),
    sign("one-component", "largest share of one reward in the change of all, first to last", largestComponentShare(parts), { above: 0.9 }),
    sign("same-answers", "share of answers that another prompt got too, last", sharedAnswers(end), { above: 0.1 }),
    sign("less-variety", "distinct-2 of the logged answers, last over first", varietyRatio(start, end), { below: 0.9 }),
    sign("loops", "mean share of runs of three words that an answer has more than once, last", loops(end), { above: 0.2 }),
  ];
}

function sign(
  name: string,
  figureIs: string,
  figure: number | null,
  threshold: { readonly below?: number; readonly above?: number },
): AuditSign {
  const { below = Number.NEGATIVE_INFINITY, above = Number.POSITIVE_INFINITY } = threshold;
  return { name, figureIs, figure, ...threshold, shows: figure !== null && (figure < below || figure > above) };
}

/** From the stretch with the highest mean; needs two answers in it and in the last. */
function fallInErrors(parts: readonly StretchParts[]): number | null {
  const golds = parts.map(goldOf).filter(({ length }) => length > 1);
  const end = goldOf(parts.at(-1)!);
  if (golds.length < 2 || end.length < 2) return null;
  const best = golds.reduce((high, each) => (mean(each) > mean(high) ? each : high));
  return inErrors(mean(best) - mean(end), best, end);
}

/** Of the difference of the two standardised scores, an answer each; needs two answers in the first stretch and in the last. */
function gainApartInErrors(parts: readonly StretchParts[]): number | null {
  const samples = parts.map((part) => part.samples.filter(({ gold }) => gold !== undefined));
  const [start, end] = [samples[0]!, samples.at(-1)!];
  if (parts.length < 2 || start.length < 2 || end.length < 2) return null;
  const all = samples.flat();
  const [proxySpread, goldSpread] = [deviation(all.map(({ score }) => score)), deviation(all.map(({ gold }) => gold!))];
  if (proxySpread === 0 || goldSpread === 0) return null;
  const apart = (part: typeof start) => part.map(({ score, gold }) => score / proxySpread - gold! / goldSpread);
  const [before, after] = [apart(start), apart(end)];
  return inErrors(mean(after) - mean(before), before, after);
}

/** |change| of a component over the sum of all |changes|. */
function largestComponentShare(parts: readonly StretchParts[]): number | null {
  const means = (part: StretchParts) => {
    const names = Object.keys(part.readings[0]!.components);
    return names.map((name) => mean(part.readings.map(({ components }) => components[name] ?? Number.NaN)));
  };
  const [before, after] = [means(parts[0]!), means(parts.at(-1)!)];
  const changes = after.map((value, i) => Math.abs(value - (before[i] ?? Number.NaN)));
  const total = changes.reduce((sum, change) => sum + change, 0);
  return changes.length > 1 && total > 0 ? Math.max(...changes) / total : null;
}

function sharedAnswers({ samples }: StretchParts): number | null {
  if (samples.length < 2) return null;
  const prompts = new Map<string, Set<string>>();
  const textOf = (response: string) => wordsOf(response).join(" ");
  for (const { prompt, response } of samples)
    prompts.set(textOf(response), (prompts.get(textOf(response)) ?? new Set<string>()).add(prompt));
  return samples.filter(({ response }) => prompts.get(textOf(response))!.size > 1).length / samples.length;
}

/** Of as many answers of each, since more text has less variety. */
function varietyRatio(start: StretchParts, end: StretchParts): number | null {
  const count = Math.min(start.samples.length, end.samples.length);
  const variety = ({ samples }: StretchParts) => distinctN({ texts: samples.slice(-count).map(({ response }) => response), n: 2 });
  return count === 0 || start === end ? null : ratio(variety(end), variety(start));
}

/** Of answers with three words at least. */
function loops({ samples }: StretchParts): number | null {
  const long = samples.filter(({ response }) => wordsOf(response).length >= 3);
  return long.length === 0 ? null : mean(long.map(({ response }) => 1 - distinctN({ texts: [response], n: 3 })));
}

const goldOf = ({ samples }: StretchParts): number[] => samples.flatMap(({ gold }) => (gold === undefined ? [] : [gold]));
const ratio = (value: number | null, start: number | null): number | null => (value === null || !start ? null : value / start);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A difference of two means over its standard error; null where neither varies, so that there is none. */
function inErrors(difference: number, first: readonly number[], second: readonly number[]): number | null {
  const error = Math.sqrt(variance(first) / first.length + variance(second) / second.length);
  return difference === 0 ? 0 : error === 0 ? null : difference / error;
}

const deviation = (values: readonly number[]): number => Math.sqrt(variance(values));

/** Unbiased. */
function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
