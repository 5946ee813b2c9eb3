import { PolicyError } from "../error.ts";

const mostLayers = 10_000;

/** Checked reading of a model's configuration; every error names the file and the field. A field that is null counts as absent. */
export class ConfigFields {
  readonly json: Readonly<Record<string, unknown>>;
  readonly file: string;

  constructor(json: Readonly<Record<string, unknown>>, file: string) {
    this.json = json;
    this.file = file;
  }

  positiveInteger(field: string, absent?: number): number {
    const value = this.json[field] ?? absent;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) throw this.#wrong(field, "a positive integer");
    return value;
  }

  /** Weights are listed by layer before any file of weights is looked at: a number out of all proportion must not get so far. */
  layerCount(field: string): number {
    const count = this.positiveInteger(field);
    if (count > mostLayers) throw this.#wrong(field, `at most ${mostLayers} layers`);
    return count;
  }

  positiveNumber(field: string, absent?: number): number {
    const value = this.json[field] ?? absent;
    if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) throw this.#wrong(field, "a positive number");
    return value;
  }

  flag(field: string, absent = false): boolean {
    const value = this.json[field] ?? absent;
    if (typeof value !== "boolean") throw this.#wrong(field, "true or false");
    return value;
  }

  /** Refuses any value but these; the first stands for an absent field. */
  require(field: string, ...supported: readonly (string | number | boolean)[]): void {
    const value = this.json[field] ?? supported[0];
    if (supported.some((one) => one === value)) return;
    throw new PolicyError(
      "unsupported-config",
      `${this.file}: ${field} is ${JSON.stringify(value)}; supported: ${supported.map((one) => JSON.stringify(one)).join(", ")}`,
    );
  }

  /** Refuses any value: what it would turn on is not built. */
  refuse(field: string): void {
    const value = this.json[field];
    if (value != null)
      throw new PolicyError("unsupported-config", `${this.file}: ${field} is ${JSON.stringify(value)}; supported: models without it`);
  }

  #wrong(field: string, expected: string): PolicyError {
    return new PolicyError("bad-config", `${this.file}: ${field} is ${JSON.stringify(this.json[field])}, expected ${expected}`);
  }
}
