import { isJsonObject } from "./parts.ts";

/** The tokens of a tokenizer.json's model, without added ones. */
export interface ModelVocabulary {
  /** How many tokens it has; where ids are left out, the largest one is larger. */
  readonly size: number;
  idOf(token: string): number | undefined;
}

/** `model` of tokenizer.json. What has no vocabulary counts as empty: the library refuses it, and says why. */
export function readModelVocabulary(model: unknown): ModelVocabulary {
  const vocab = isJsonObject(model) ? model.vocab : undefined;
  if (Array.isArray(vocab)) {
    const ids = new Map(vocab.map((piece, id) => [Array.isArray(piece) ? piece[0] : undefined, id]));
    return { size: vocab.length, idOf: (token) => ids.get(token) };
  }
  if (!isJsonObject(vocab)) return { size: 0, idOf: () => undefined };
  const idOf = (token: string) => (Object.hasOwn(vocab, token) ? (vocab[token] as number) : undefined);
  return { size: Object.keys(vocab).length, idOf };
}
