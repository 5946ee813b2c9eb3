import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { RewardModel, ScoreFunction } from "@cai/contracts";
import { RewardModelError } from "./error.ts";
import { functionReward } from "./function-reward.ts";

/**
 * What a reward module exports by default; with it a TypeScript module's parameters have their types.
 *
 * @example
 * export default (({ responses }) => responses.map((text) => text.length)) satisfies ModuleReward;
 */
export type ModuleReward = ScoreFunction | Scorer;

interface Scorer {
  readonly score: ScoreFunction;
  readonly dispose?: () => void | Promise<void>;
}

/**
 * A reward model that a user wrote as a module: its default export is a function of
 * `{ prompts, responses, promptIds, responseIds }`, or an object with such a method `score` (and `dispose`, if it needs one).
 *
 * A TypeScript module is loaded where Node can: from 22.18 on, or with tsx registered (`node --import tsx …`).
 *
 * @param path Relative to the working directory.
 * @throws RewardModelError `missing-file` or `bad-module`.
 */
export async function loadModuleReward(path: string): Promise<RewardModel> {
  const file = resolve(path);
  const isFile = await stat(file)
    .then((found) => found.isFile())
    .catch(() => false);
  if (!isFile) throw new RewardModelError("missing-file", `there is no reward module ${file}`);
  const module = await importModule(file);
  const reward = module.default;
  if (typeof reward === "function") return functionReward(reward as ScoreFunction, { name: path });
  if (isScorer(reward)) {
    const scored = functionReward((request, options) => reward.score(request, options), { name: path });
    return reward.dispose ? { ...scored, dispose: async () => reward.dispose?.() } : scored;
  }
  throw new RewardModelError(
    "bad-module",
    `${path} exports ${Object.keys(module).join(", ") || "nothing"}: wanted a default export that is a function of { prompts, responses }, ` +
      "or an object with a method score",
  );
}

function isScorer(value: unknown): value is Scorer {
  return typeof (value as Scorer | null | undefined)?.score === "function";
}

async function importModule(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    throw importError(file, cause);
  }
}

/** What to tell the user where a module can't be imported. */
export function importError(file: string, cause: unknown): RewardModelError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isTypeScript = /\.[cm]?ts$/.test(file);
  if (isTypeScript && code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return new RewardModelError(
      "bad-module",
      `${file} is TypeScript, which Node ${process.versions.node} doesn't load: use Node 22.18 or newer, run with \`node --import tsx\`, ` +
        "or write it as .mjs",
      { cause },
    );
  }
  return new RewardModelError("bad-module", `the reward module ${file} can't be loaded: ${message ?? String(cause)}`, { cause });
}
