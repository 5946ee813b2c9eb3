import { join, readFile } from "@cai/whole-file/system";
import { TrainingError } from "./error.ts";
import type { Json } from "./stage.ts";

/** What a run is made with: `config.json`. */
export type RunConfig = Readonly<Record<string, Json | undefined>>;

/** Options that were other in a run's earlier part, by name: as they were, and as they are now. */
export interface ConfigChange {
  /** The last step that was made with what was before. */
  readonly afterStep: number;
  readonly options: Readonly<Record<string, readonly [before: Json | null, now: Json | null]>>;
}

/** What makes no difference to a step, or is compared by its content: a checkpoint holds the hashes of models and data. */
const free = new Set([
  "checkpointEvery",
  "checkpointKeep",
  "keepBest",
  "maxFailedSteps",
  "maxKl",
  "minEntropy",
  "equalRewardSteps",
  "recompute",
  "skipBadLines",
  "rewardTimeout",
  "rewardRetries",
  "rewardKey",
  "policy",
  "prompts",
  "data",
  "versions",
  "changes",
]);
/** Of `versions`: what decides how a sum is rounded. */
const computing = ["backend", "kernels"];

/**
 * Compares a run's configuration with that of its folder, from which it goes on after so many steps.
 *
 * @param own names that every version stores of its own options: one that the folder lacks is newer than the run.
 * @returns all changes so far, this one last.
 * @throws TrainingError `options-changed`, which names each, unless changes are allowed.
 */
export async function compareConfig(
  out: string,
  config: RunConfig,
  {
    own,
    afterStep,
    allowChanges,
    notice,
  }: {
    readonly own: readonly string[];
    readonly afterStep: number;
    readonly allowChanges: boolean;
    readonly notice: (message: string) => void;
  },
): Promise<readonly ConfigChange[]> {
  const stored = await readConfig(out);
  if (stored === undefined) {
    notice(`${join(out, "config.json")} is gone: whether the options are the same can't be told`);
    return [];
  }
  const now = JSON.parse(JSON.stringify(config)) as RunConfig;
  const earlier = (stored.changes ?? []) as unknown as readonly ConfigChange[];
  const changed: Record<string, [Json | null, Json | null]> = {};
  const compare = (name: string, before: Json | undefined, after: Json | undefined) => {
    if (JSON.stringify(before) !== JSON.stringify(after)) changed[name] = [before ?? null, after ?? null];
  };
  const isFree = (name: string) =>
    free.has(name) ||
    (name === "steps" && (now.schedule ?? "constant") === "constant") ||
    (own.includes(name) && !Object.hasOwn(stored, name));
  for (const name of new Set([...Object.keys(stored), ...Object.keys(now)])) if (!isFree(name)) compare(name, stored[name], now[name]);
  const [before, after] = [versionsOf(stored), versionsOf(now)];
  for (const name of computing) if (before[name] !== undefined) compare(name, before[name], after[name]);
  for (const name of Object.keys(after))
    if (!computing.includes(name) && before[name] !== undefined && before[name] !== after[name])
      notice(`the run was begun with ${name} ${before[name]} and goes on with ${after[name]}: its numbers may differ in the last digits`);
  const names = Object.keys(changed);
  if (names.length === 0) return earlier;
  const list = names.map((name) => `${name} ${shown(changed[name]![0])} → ${shown(changed[name]![1])}`).join(", ");
  if (!allowChanges)
    throw new TrainingError(
      "options-changed",
      `the run at ${out} was made with other options: ${list}. Give what it was made with${adviceOn(names)}, or go on with what is new ` +
        "(allowChanges, --allow-changes), which config.json then tells",
    );
  notice(`from step ${afterStep + 1} on: ${list}`);
  return [...earlier, { afterStep, options: changed }];
}

/** Other than options, these are the machine's. */
function adviceOn(names: readonly string[]): string {
  return names.some((name) => computing.includes(name)) ? " on such a machine (another backend or other kernels round otherwise)" : "";
}

const shown = (value: Json | null): string => (value === null ? "none" : JSON.stringify(value));

function versionsOf({ versions }: RunConfig): Readonly<Record<string, Json | undefined>> {
  return typeof versions === "object" && versions !== null ? (versions as Readonly<Record<string, Json>>) : {};
}

async function readConfig(out: string): Promise<RunConfig | undefined> {
  const path = join(out, "config.json");
  const refuse = (what: string, cause: unknown): never => {
    throw new TrainingError("no-run", `${path} ${what}: mend it, or remove it to go on without comparing options`, { cause });
  };
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") refuse(`can't be read (${cause.code})`, cause);
  });
  if (text === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as RunConfig;
  } catch (cause) {
    refuse("is not JSON", cause);
  }
  return refuse("holds no configuration", undefined);
}
