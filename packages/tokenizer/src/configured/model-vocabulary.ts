import { isJsonObject } from "./parts.ts";

/** The tokens of a tokenizer.json's model, without added ones. */
export interface ModelVocabulary {
  /** How many tokens it has. */
  readonly size: number;
  /** Where ids are left out, larger than the number of tokens − 1; −1 where there are none. */
  readonly largestId: number;
  idOf(token: string): number | undefined;
}

/** `model` of tokenizer.json. What has no vocabulary counts as empty, and an id that is none as left out: the library refuses it, and says why. */
export function readModelVocabulary(model: unknown): ModelVocabulary {
  const vocab = isJsonObject(model) ? model.vocab : undefined;
  if (Array.isArray(vocab)) {
    const ids = new Map(vocab.map((piece, id) => [Array.isArray(piece) ? piece[0] : undefined, id]));
    return { size: vocab.length, largestId: vocab.length - 1, idOf: (token) => ids.get(token) };
  }
  if (!isJsonObject(vocab)) return { size: 0, largestId: -1, idOf: () => undefined };
  const values = Object.values(vocab);
  const ids = values.filter(isId);
  return {
    size: values.length,
    largestId: ids.reduce((largest, id) => Math.max(largest, id), -1),
    // A file may give a token that is no text, which is refused once all are known.
    idOf: (token) => (typeof token === "string" && Object.hasOwn(vocab, token) && isId(vocab[token]) ? vocab[token] : undefined),
  };
}

const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0;
