import type { ChangedNumber } from "@cai/dashboard";

/** A step's numbers as a log has them, by name. */
export type StepValues = Readonly<Record<string, number | null | undefined>>;

/** What a clock decides, or who drew. */
const incidental = /^time\/|^tokens_per_second$|^workers\//;

/** The numbers of a step that differ, times and what workers cost aside; one that only one of both has counts as null. What is not finite stands as null in a log. */
export function changedNumbers(was: StepValues, is: StepValues): ChangedNumber[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => !incidental.test(name));
  const pairs = names.map((name) => ({ name, was: asLogged(was[name]), is: asLogged(is[name]) }));
  return pairs.filter((pair) => pair.was !== pair.is);
}

const asLogged = (value: number | null | undefined): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
