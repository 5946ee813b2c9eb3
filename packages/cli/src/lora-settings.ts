import { CliError } from "./error.ts";

/** The adapter that is put on a policy before it is trained, as `addLora` takes it. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: string | readonly string[];
}

/** Names of an adapter's flags and of its keys in a configuration file. */
export const loraNames = ["lora", "loraAlpha", "loraTargets"] as const;

/** What a user gives for them. */
export type LoraFlags = Readonly<Partial<Record<(typeof loraNames)[number], unknown>>>;

/**
 * What the flags ask for, all linear layers with twice the rank for alpha unless they say otherwise; undefined for none (no rank, or 0).
 * Targets are names joined by commas, a regular expression, or `all-linear`.
 *
 * @throws CliError `usage` for what is no number or no text, and for alpha or targets without a rank
 */
export function resolveLora({ lora, loraAlpha, loraTargets }: LoraFlags): LoraSettings | undefined {
  if (lora === undefined && (loraAlpha !== undefined || loraTargets !== undefined))
    throw new CliError("usage", "loraAlpha and loraTargets describe an adapter: give its rank too, as in --lora 8");
  const [rank, targets] = [lora ?? 0, loraTargets ?? "all-linear"];
  if (typeof rank !== "number" || !Number.isSafeInteger(rank) || rank < 0)
    throw new CliError("usage", `lora is ${JSON.stringify(lora)}: give the adapter's rank, a whole number such as 8 (0: no adapter)`);
  if (rank === 0) return undefined;
  const alpha = loraAlpha ?? 2 * rank;
  if (typeof alpha !== "number" || !(alpha > 0 && Number.isFinite(alpha)))
    throw new CliError("usage", `loraAlpha is ${JSON.stringify(alpha)}: give a positive number (default: twice the rank)`);
  if (typeof targets !== "string" || targets === "")
    throw new CliError("usage", `loraTargets is ${JSON.stringify(targets)}: give names such as "q_proj,v_proj"`);
  return { rank, alpha, targets: parseTargets(targets) };
}

/** The same as a configuration file holds it. */
export function loraConfig({ rank, alpha, targets }: LoraSettings): Record<(typeof loraNames)[number], number | string> {
  return { lora: rank, loraAlpha: alpha, loraTargets: typeof targets === "string" ? targets : targets.join(",") };
}

/** What consists of names alone is a list of them; a regular expression for whole names of layers has other characters. */
function parseTargets(text: string): string | readonly string[] {
  return /^[\w.]+(,[\w.]+)*$/.test(text) ? text.split(",") : text;
}
