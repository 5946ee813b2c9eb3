import { EvaluationError } from "./error.ts";

/** Scores by prompt, as long as they like: `[prompts][draws]`. */
export type ScoresByPrompt = readonly (readonly number[])[];

/** @throws EvaluationError `shape-mismatch` for no prompts or one without draws, `bad-scores` for a number that is not finite */
export function checkByPrompt(name: string, byPrompt: ScoresByPrompt): void {
  if (byPrompt.length === 0) throw new EvaluationError("shape-mismatch", `${name} has no prompts: pass one at least`);
  for (const [prompt, draws] of byPrompt.entries()) {
    if (draws.length === 0) throw new EvaluationError("shape-mismatch", `${name} has no draws for prompt ${prompt + 1}: pass one at least`);
    const broken = draws.find((value) => !Number.isFinite(value));
    if (broken !== undefined)
      throw new EvaluationError("bad-scores", `${name} holds ${broken} for prompt ${prompt + 1}: pass finite numbers`);
  }
}

/** @throws EvaluationError `shape-mismatch` */
export function checkSameLength(what: Readonly<Record<string, { readonly length: number }>>): void {
  const [[first, { length }], ...others] = Object.entries(what) as [[string, { length: number }], ...[string, { length: number }][]];
  for (const [name, { length: given }] of others)
    if (given !== length)
      throw new EvaluationError("shape-mismatch", `${name} has the length ${given}, ${first} ${length}: pass as many of each`);
}

/** @throws EvaluationError `bad-option` unless the level lies between 0 and 1 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new EvaluationError("bad-option", `level is ${level}: pass a number between 0 and 1, as in 0.95`);
}
