import {
  type Constitution,
  type DrawnPairSourceOptions,
  drawnPairSource,
  type PairSource,
  produceRows,
  type RowProgress,
} from "@cai/constitution";
import type { ChatMessage } from "@cai/contracts";

interface DrawnPair {
  readonly prompt: readonly ChatMessage[];
  readonly answers: readonly [string, string];
  readonly principle: string;
}

/** Drawn pairs as a source that draws no more: they are written to a file, or read from there, so that every labeller has the same ones. */
export async function drawnOnce({
  file,
  drawing,
  constitution,
  chunkRows,
  onProgress,
}: {
  readonly file: string;
  readonly drawing: DrawnPairSourceOptions;
  readonly constitution: Constitution;
  readonly chunkRows: number;
  readonly onProgress: (progress: RowProgress) => void;
}): Promise<PairSource> {
  const source = drawnPairSource(drawing);
  const { rows } = await produceRows<DrawnPair>({
    file,
    identity: { ...source.identity, constitution: constitution.sha256 },
    total: source.total,
    chunkRows,
    make: async (first, count) => {
      const pairs = await source.pairs(first, count);
      return pairs.map(({ prompt, answers, principle }) => ({ prompt, answers, principle: principle.name }));
    },
    onProgress,
  });
  const principles = new Map(constitution.principles.map((principle) => [principle.name, principle]));
  const pairs = rows.map(({ principle, ...row }) => ({
    ...row,
    principle: principles.get(principle)!,
    ...(drawing.kind === "contrast" && { personas: ["positive", "negative"] }),
  }));
  return { ...source, pairs: async (first, count) => pairs.slice(first, first + count) };
}

/** The first pairs of a source. */
export const firstOf = (source: PairSource, count: number): PairSource => ({ ...source, total: Math.min(source.total, count) });
