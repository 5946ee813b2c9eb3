import type { TokenizedPrompt } from "@cai/rollouts";

/** Rows for answer `draw` to each of some consecutive prompts, the first of which is prompt `first` of all. */
export type BatchSource<Row> = (draw: number, first: number, prompts: readonly TokenizedPrompt[]) => Promise<readonly Row[]>;

/** `[prompts][draws]`, asked for draw after draw, and of each in batches of the prompts. */
export async function collectByPrompt<Row>(
  prompts: readonly TokenizedPrompt[],
  { draws, batchSize }: { readonly draws: number; readonly batchSize: number },
  source: BatchSource<Row>,
): Promise<Row[][]> {
  const collected: Row[][] = prompts.map(() => []);
  for (let draw = 0; draw < draws; draw++) {
    for (let first = 0; first < prompts.length; first += batchSize) {
      const rows = await source(draw, first, prompts.slice(first, first + batchSize));
      for (const [row, made] of rows.entries()) collected[first + row]!.push(made);
    }
  }
  return collected;
}
