// Runs one reward module in a thread of its own: a module that loops for ever, leaves by process.exit or throws where nobody waits ends no run.
// Plain JavaScript, so that it runs the same from the source and from the built package.
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { isScorerFile, scoreRows } from "./score-rows.mjs";

const { file } = workerData;
const address = pathToFileURL(file).href;
const reasonOf = (error) => (error instanceof Error ? error.message : `it threw ${String(error)}`);

/** A command line that runs from its source loads TypeScript by tsx, which threads don't inherit from the main one. */
async function importModule() {
  try {
    return await import(address);
  } catch (refusal) {
    if (refusal?.code !== "ERR_UNKNOWN_FILE_EXTENSION") throw refusal;
    const tsx = await import("tsx/esm/api").catch(() => {
      throw refusal;
    });
    const module = await tsx.tsImport(address, import.meta.url);
    return module.default?.__esModule ? module.default : module; // what no package.json calls a module, tsx makes one of CommonJS of
  }
}

async function load() {
  try {
    const module = await importModule();
    const reward = module.default;
    if (isScorerFile(file)) {
      const scorers = [reward].flat();
      if (scorers.length > 0 && scorers.every((scorer) => typeof scorer === "function"))
        return { score: (request) => scoreRows(scorers, request) };
    } else if (typeof reward === "function") return { score: (request, options) => reward(request, options) };
    else if (typeof reward?.score === "function") {
      return { score: (request, options) => reward.score(request, options), dispose: () => reward.dispose?.() };
    }
    parentPort.postMessage({ exports: Object.keys(module) });
  } catch (error) {
    parentPort.postMessage({ refusal: { message: reasonOf(error), code: error?.code } });
  }
  return undefined;
}

const reward = await load();
const aborts = new Map();

async function score({ id, request }) {
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    const scores = await reward.score(request, { signal: abort.signal });
    try {
      parentPort.postMessage({ id, scores });
    } catch {
      parentPort.postMessage({ id, failure: "its scores hold something else than numbers" });
    }
  } catch (error) {
    parentPort.postMessage({ id, failure: reasonOf(error) });
  } finally {
    aborts.delete(id);
  }
}

async function dispose() {
  try {
    await reward.dispose?.();
    parentPort.postMessage({ disposed: true });
  } catch (error) {
    parentPort.postMessage({ disposed: true, failure: reasonOf(error) });
  }
}

if (reward !== undefined) {
  parentPort.on("message", (message) => {
    if (message.request !== undefined) score(message);
    else if (message.abort !== undefined) aborts.get(message.abort)?.abort();
    else dispose();
  });
  parentPort.postMessage({ loaded: true });
}
