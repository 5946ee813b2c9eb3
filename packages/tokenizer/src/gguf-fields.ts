import { TokenizerError } from "./error.ts";

/** Checked reading of metadata; every error names the file and the key. */
export class GgufFields {
  readonly #metadata: ReadonlyMap<string, unknown>;
  readonly #where: string;

  constructor(metadata: ReadonlyMap<string, unknown>, where: string) {
    this.#metadata = metadata;
    this.#where = where;
  }

  requireOneOf(key: string, known: readonly string[]): string {
    const value = this.text(key);
    if (value !== undefined && known.includes(value)) return value;
    throw this.wrong(`${key} is ${JSON.stringify(value) ?? "missing"}; supported: ${known.join(", ")}`);
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

  /** The id of the token with that role, where the file names one. */
  id(role: string, tokenCount: number): number | undefined {
    const key = `tokenizer.ggml.${role}_token_id`;
    const value = this.#metadata.get(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < tokenCount) return value;
    throw this.wrong(`${key} is ${String(value)}, expected an id within 0 … ${tokenCount - 1}`);
  }

  /** One for each token; none where the file has none. */
  tokenTypes(tokenCount: number): readonly unknown[] {
    const key = "tokenizer.ggml.token_type";
    const value = this.#metadata.get(key) ?? [];
    if (!Array.isArray(value)) throw this.wrong(`${key} is no list`);
    if (value.length !== 0 && value.length !== tokenCount)
      throw this.wrong(`${key} has ${value.length} entries, tokenizer.ggml.tokens has ${tokenCount}`);
    return value;
  }

  wrong(what: string): TokenizerError {
    return new TokenizerError("invalid-file", `${this.#where}: ${what}`);
  }
}
