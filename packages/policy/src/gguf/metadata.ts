import type { GgufFile, GgufValue } from "@cai/gguf";
import { PolicyError } from "../error.ts";

/** Checked reading of what a GGUF file says of its architecture; every error names the file and the key. */
export class GgufMetadata {
  readonly file: GgufFile;
  /** `general.architecture`, which is also the first part of every key below. */
  readonly architecture: string;

  constructor(file: GgufFile) {
    this.file = file;
    const architecture = file.metadata.get("general.architecture");
    if (typeof architecture !== "string") throw this.wrong(`general.architecture is ${shown(architecture)}, expected a text`);
    this.architecture = architecture;
  }

  get(key: string): GgufValue | undefined {
    return this.file.metadata.get(`${this.architecture}.${key}`);
  }

  /** A number above zero. Without `absent` it has to be there. */
  number(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
    throw this.wrong(`${this.architecture}.${key} is ${shown(value)}, expected a positive number`);
  }

  /** A number above zero that a file may give for each layer; all layers must have the same. */
  numberOfLayers(key: string, absent?: number): number {
    const value = this.get(key);
    if (!Array.isArray(value)) return this.number(key, absent);
    const name = `${this.architecture}.${key}`;
    const blocks = this.number("block_count");
    if (value.length !== blocks) throw this.wrong(`${name} has ${value.length} entries, ${this.architecture}.block_count is ${blocks}`);
    const [first] = value;
    if (!value.every((one) => typeof one === "number" && Number.isFinite(one) && one > 0))
      throw this.wrong(`${name} is ${shown(value)}, expected positive numbers`);
    if (value.some((one) => one !== first))
      throw this.unsupported(`${name} is ${shown(value)}: models whose layers differ are not supported, only one number for all of them`);
    return first;
  }

  /** Refuses any other value than the one that is supported, which is also what no value means. */
  require(key: string, supported: number | boolean): void {
    const value = this.get(key) ?? supported;
    if (Array.isArray(value) ? value.some((one) => one !== supported) : value !== supported)
      throw this.unsupported(`${this.architecture}.${key} is ${shown(value)}; supported: ${supported}`);
  }

  /** A number of 32 bits in the fewest digits that give it again: 1e-5, not 0.000009999999747378752. */
  float32(key: string, absent?: number): number {
    const value = this.number(key, absent);
    const digits = [1, 2, 3, 4, 5, 6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === Math.fround(value));
    return Number(value.toPrecision(digits ?? 9));
  }

  text(key: string, absent: string): string {
    const value = this.get(key) ?? absent;
    if (typeof value === "string") return value;
    throw this.wrong(`${this.architecture}.${key} is ${shown(value)}, expected a text`);
  }

  wrong(what: string): PolicyError {
    return new PolicyError("bad-config", `${this.file.path}: ${what}`);
  }

  unsupported(what: string): PolicyError {
    return new PolicyError("unsupported-config", `${this.file.path}: ${what}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(String).join(", ")}${value.length > 8 ? ", …" : ""}]`.slice(0, 200);
  return String(value).slice(0, 80);
}
