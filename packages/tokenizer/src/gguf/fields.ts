import { TokenizerError } from "../error.ts";

/** What writers put where an id or a number is none: −1, as 32 bits without a sign. */
const noId = 0xffff_ffff;

/** Checked reading of metadata; every error names the file and the key. */
export class GgufFields {
  readonly #metadata: ReadonlyMap<string, unknown>;
  readonly #where: string;

  constructor(metadata: ReadonlyMap<string, unknown>, where: string) {
    this.#metadata = metadata;
    this.#where = where;
  }

  has(key: string): boolean {
    return this.#metadata.has(key);
  }

  text(key: string): string | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(`${key} is no text`);
  }

  texts(key: string): readonly string[] {
    const value = this.#metadata.get(key);
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
    throw this.wrong(`${key} is ${value === undefined ? "missing" : "no list of texts"}`);
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.#metadata.get(key) ?? absent;
    if (typeof value === "boolean") return value;
    throw this.wrong(`${key} is neither true nor false`);
  }

  /** The id at a key; undefined where the file has none there, or says that there is none. */
  id(key: string, tokenCount: number): number | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined || value === -1 || value === noId) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < tokenCount) return value;
    throw this.wrong(`${key} is ${String(value)}, expected an id within 0 … ${tokenCount - 1}`);
  }

  /** Undefined where the file has none. */
  numbers(key: string): readonly number[] | undefined {
    const value = this.#metadata.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((one) => typeof one === "number")) throw this.wrong(`${key} is no list of numbers`);
    return value;
  }

  /** A number for each token; undefined where the file has none. */
  numberPerToken(key: string, tokenCount: number): readonly number[] | undefined {
    const numbers = this.numbers(key);
    if (numbers !== undefined && numbers.length !== tokenCount)
      throw this.wrong(`${key} has ${numbers.length} entries, tokenizer.ggml.tokens has ${tokenCount}`);
    return numbers;
  }

  wrong(what: string): TokenizerError {
    return new TokenizerError("invalid-file", `${this.#where}: ${what}`);
  }
}
