import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { RewardModel, ScoreFunction, ScoreRequest } from "@cai/contracts";
import { untilAborted } from "@cai/endpoint";
import { checkScoreParts } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";
import { ModuleThread } from "./module-thread.ts";

/**
 * What a reward module exports by default; with it a TypeScript module's parameters have their types.
 *
 * @example
 * export default (({ responses }) => responses.map((text) => text.length)) satisfies ModuleReward;
 */
export type ModuleReward = ScoreFunction | { readonly score: ScoreFunction; readonly dispose?: () => void | Promise<void> };

/** How a module is run. */
export interface ModuleRewardOptions {
  /** For each batch. Default: 600,000. */
  readonly timeoutMs?: number;
  /** For its loading. Default: 600,000. */
  readonly loadTimeoutMs?: number;
}

/**
 * A reward model that a user wrote as a module: its default export is a function of
 * `{ prompts, responses, promptIds, responseIds, columns }`, or an object with such a method `score` (and `dispose`, if it needs one). That of
 * a file named `….eval.ts`, `.js` or `.mjs` is a scorer, or a list of them, as `scorerReward` takes them.
 *
 * It runs in a thread of its own, on copies of what it is given: one that loops for ever, never answers or leaves by `process.exit` ends its
 * thread and the call, and the next call loads it anew. A TypeScript module is loaded where Node can: from 22.18 on, or with tsx.
 *
 * @param path Relative to the working directory.
 * @throws RewardModelError `missing-file`, `bad-module`, `timed-out`. `score` rejects with `function-failed` (it threw), `timed-out`,
 *   `module-failed` (its thread has ended), `bad-scores`, `disposed`.
 */
export async function loadModuleReward(
  path: string,
  { timeoutMs = 600_000, loadTimeoutMs = 600_000 }: ModuleRewardOptions = {},
): Promise<Required<RewardModel>> {
  for (const [name, limit] of Object.entries({ timeoutMs, loadTimeoutMs }))
    if (!(limit > 0)) throw new RewardModelError("bad-options", `the option ${name} is ${limit}, wanted a number of milliseconds above 0`);
  const file = resolve(path);
  const isFile = await stat(file)
    .then((found) => found.isFile())
    .catch(() => false);
  if (!isFile) throw new RewardModelError("missing-file", `there is no reward module ${file}`);
  const open = () => ModuleThread.open(file, path, { timeoutMs, loadTimeoutMs });
  let thread = await open();
  let reopened: Promise<ModuleThread> | undefined;
  let isDisposed = false;

  /** One for all calls that find the thread ended. */
  async function livingThread(): Promise<ModuleThread> {
    if (isDisposed) throw new RewardModelError("disposed", `reward module ${path} has been disposed of: load it again`);
    if (thread.isAlive) return thread;
    reopened ??= open().finally(() => {
      reopened = undefined;
    });
    thread = await reopened;
    return thread;
  }

  async function scoreParts(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}) {
    signal?.throwIfAborted();
    const given = livingThread().then((living) => living.score(request, signal));
    return checkScoreParts(await untilAborted(given, signal), { rows: request.prompts.length, model: path });
  }

  return {
    scoreParts,
    score: async (request, options) => (await scoreParts(request, options)).scores,
    async dispose() {
      isDisposed = true;
      await thread.dispose();
    },
  };
}
