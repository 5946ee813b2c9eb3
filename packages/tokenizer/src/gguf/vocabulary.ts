import type { GgufFields } from "./fields.ts";
import { endTexts, fillingRoles, notEndBeside, shownTexts } from "./known-tokens.ts";

/** `tokenizer.ggml.token_type`. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The role of a token in the name of its key. (The format writes the separator's so.) */
export type TokenRole = "bos" | "eos" | "eot" | "eom" | "unknown" | "seperator" | "padding" | "mask";

/** Ids that llama.cpp takes where a file names none, by `tokenizer.ggml.model`. */
const defaultIds: Readonly<Record<string, Partial<Record<TokenRole, number>>>> = {
  llama: { bos: 1, eos: 2, unknown: 0 },
  gpt2: { bos: 11, eos: 11 },
  bert: { bos: 101, unknown: 100, seperator: 102, padding: 0, mask: 103 },
  t5: { eos: 1, unknown: 2, padding: 0 },
};

/** The pre-tokenizers of `gpt2` whose texts have no beginning unless a file names one. */
const withoutBos: readonly unknown[] = ["chatglm-bpe", "glm4", "glm5"];

/** The tokens of a file as llama.cpp understands them. Throws TokenizerError. */
export class GgufVocabulary {
  readonly fields: GgufFields;
  readonly tokens: readonly string[];
  readonly idOf: ReadonlyMap<string, number>;
  /** Of each token, in terms of `tokenTypes`; corrected where a token is known by its text. */
  readonly types: readonly number[];
  /** Each of them ends a response: the end of text, that of a turn and that of a message where they have keys, then those known by text. */
  readonly endIds: readonly number[];

  constructor(fields: GgufFields) {
    this.fields = fields;
    this.tokens = fields.texts("tokenizer.ggml.tokens").map((token, id) => (token === "" ? `[EMPTY_${id}]` : token));
    const idOf = new Map(this.tokens.map((token, id) => [token, id]));
    const repeated = this.tokens.findIndex((token, id) => idOf.get(token) !== id);
    if (repeated !== -1) throw fields.wrong(`tokenizer.ggml.tokens has ${JSON.stringify(this.tokens[repeated])} twice`);
    this.idOf = idOf;
    const { types, endIds } = this.#correct();
    this.types = types;
    this.endIds = endIds;
  }

  /** The id of the token with that role: the file's, else llama.cpp's for this kind of tokenizer, where there is such a token. */
  id(role: TokenRole): number | undefined {
    const key = `tokenizer.ggml.${role}_token_id`;
    if (this.fields.has(key)) return this.fields.id(key, this.tokens.length);
    const model = this.fields.text("tokenizer.ggml.model") ?? "";
    if (role === "bos" && withoutBos.includes(this.fields.text("tokenizer.ggml.pre"))) return undefined;
    const id = defaultIds[model]?.[role];
    return id !== undefined && id < this.tokens.length ? id : undefined;
  }

  ofType(...types: readonly number[]): readonly number[] {
    return [...this.tokens.keys()].filter((id) => types.includes(this.types[id]!));
  }

  #correct(): { readonly types: readonly number[]; readonly endIds: readonly number[] } {
    const { fields, tokens, idOf } = this;
    const given = fields.numberPerToken("tokenizer.ggml.token_type", tokens.length);
    const types: number[] = given === undefined ? tokens.map(() => tokenTypes.normal) : [...given];
    const ends = new Set<number>();
    for (const { keys, texts, ends: isEnd } of fillingRoles) {
      const named = keys.map((key) => fields.id(`tokenizer.ggml.${key}_token_id`, tokens.length)).find((id) => id !== undefined);
      const known = named ?? idOf.get(texts.find((text) => idOf.has(text)) ?? "");
      if (known === undefined) continue;
      if (named === undefined) types[known] = tokenTypes.control;
      if (isEnd) ends.add(known);
    }
    for (const text of endTexts) {
      const id = idOf.get(text);
      if (id === undefined) continue;
      types[id] = tokenTypes.control;
      ends.add(id);
    }
    for (const text of shownTexts) if (idOf.has(text)) types[idOf.get(text)!] = tokenTypes.userDefined;
    const named = (["eos", "eot", "eom"] as const).map((role) => this.id(role)).filter((id) => id !== undefined);
    for (const id of named) ends.add(id);

    const isEnd = (text: string) => ends.has(idOf.get(text) ?? -1);
    for (const { text, isNormal } of notEndBeside.filter(({ text, beside }) => [text, ...beside].every(isEnd))) {
      const id = idOf.get(text)!;
      ends.delete(id);
      types[id] = isNormal ? tokenTypes.normal : tokenTypes.userDefined;
    }
    const others = [...ends].sort((a, b) => a - b);
    return { types, endIds: [...new Set([...named, ...others])].filter((id) => ends.has(id)) };
  }
}
