import type { JsonObject } from "../files.ts";
import type { SpecialTokens } from "../special-tokens.ts";
import type { ModelVocabulary } from "./model-vocabulary.ts";
import { isJsonObject } from "./parts.ts";

/** An entry of `added_tokens` in tokenizer.json. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

/** Ids are numbers of 32 bits in the Rust library. */
const largestId = 2 ** 32 - 1;

type TokenWithoutId = Omit<AddedToken, "id">;

/**
 * The added tokens as transformers has them when it has loaded a folder: those of tokenizer.json; then `added_tokens_decoder` of
 * tokenizer_config.json (or the older added_tokens.json), whose flags go before; then special tokens that the vocabulary has, and those of
 * `extra_special_tokens` or `additional_special_tokens`, as far as they aren't there yet.
 *
 * Their ids are those that the Rust library gives: a token's own in the model's vocabulary, else the next free one, whatever the file says.
 */
export function configuredAddedTokens(
  listed: readonly unknown[],
  {
    config,
    legacy,
    named,
    vocabulary,
  }: {
    readonly config: JsonObject;
    /** added_tokens.json: ids by token */
    readonly legacy: JsonObject;
    readonly named: SpecialTokens;
    readonly vocabulary: ModelVocabulary;
  },
): readonly AddedToken[] {
  const roles = new Set(Object.values(named));
  const tokens = new Map<string, TokenWithoutId>();
  const add = (token: TokenWithoutId) => {
    if (token.content === "") return;
    const wasSpecial = tokens.get(token.content)?.special ?? false;
    tokens.set(token.content, { ...token, special: token.special || wasSpecial });
  };
  for (const token of listed) add(withFlags(token));
  for (const token of tokensOfConfiguration(config, legacy, roles)) {
    const isSpecial = token.special || (roles.has(token.content) && !sameFlags(token, tokens.get(token.content)));
    add({ ...token, special: isSpecial });
  }
  for (const content of roles) if (!tokens.has(content) && vocabulary.idOf(content) !== undefined) add(specialToken(content));
  for (const token of extraSpecialTokens(config)) if (!tokens.has(token.content)) add({ ...token, special: true });

  let next = vocabulary.size;
  return [...tokens.values()].map((token) => ({ id: vocabulary.idOf(token.content) ?? next++, ...token }));
}

/**
 * The ids that files give added tokens and that can be none: not whole numbers, or larger than any. Ids themselves are not read, see
 * `configuredAddedTokens`, but such a file was damaged or made up.
 */
export function wrongAddedIds(listed: readonly unknown[], config: JsonObject, legacy: JsonObject): readonly unknown[] {
  const own = listed.flatMap((token) => (isJsonObject(token) && token.id !== undefined ? [token.id] : []));
  const keys = isJsonObject(config.added_tokens_decoder) ? Object.keys(config.added_tokens_decoder) : [];
  const ids = [...own, ...Object.values(legacy), ...keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))];
  return ids.filter((id) => !(Number.isInteger(id) && (id as number) >= 0 && (id as number) <= largestId));
}

/** With the defaults of flags that the file leaves out. */
function withFlags(token: unknown): TokenWithoutId {
  const { content, special = false, ...flags } = isJsonObject(token) ? token : {};
  const { single_word = false, lstrip = false, rstrip = false, normalized = special !== true } = flags;
  // What is of another type is refused by the library, which names it.
  return { content, single_word, lstrip, rstrip, normalized, special } as TokenWithoutId;
}

function specialToken(content: string): TokenWithoutId {
  return withFlags({ content, special: true });
}

function tokensOfConfiguration(config: JsonObject, legacy: JsonObject, roles: ReadonlySet<string>): readonly TokenWithoutId[] {
  const decoder = config.added_tokens_decoder;
  if (isJsonObject(decoder)) {
    const byId = Object.entries(decoder).sort(([a], [b]) => Number(a) - Number(b));
    return byId.map(([, token]) => withFlags(token));
  }
  const byId = Object.entries(legacy).sort(([, a], [, b]) => Number(a) - Number(b));
  return byId.map(([content]) => (roles.has(content) ? specialToken(content) : withFlags({ content })));
}

function extraSpecialTokens({ extra_special_tokens, additional_special_tokens }: JsonObject): readonly TokenWithoutId[] {
  const extra = extra_special_tokens ?? additional_special_tokens ?? [];
  const listed = Array.isArray(extra) ? extra : isJsonObject(extra) ? Object.values(extra) : [];
  return listed.map((token) => (typeof token === "string" ? specialToken(token) : withFlags(token)));
}

function sameFlags(token: TokenWithoutId, other: TokenWithoutId | undefined): boolean {
  return other !== undefined && Object.entries(token).every(([flag, value]) => other[flag as keyof TokenWithoutId] === value);
}
