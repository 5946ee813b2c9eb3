// @ts-check
/** What a visitor has chosen, kept in the address: a link shows another the same. */

/**
 * @typedef {object} View
 * @property {"charts" | "samples"} tab
 * @property {number} smoothing 0 … below 1
 * @property {boolean} log
 * @property {"steps" | "seconds"} axis
 * @property {readonly string[] | undefined} runs shown ones; undefined: the newest
 */

/** @param {string} hash @returns {View} */
export function readView(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const smoothing = Number(given.get("smoothing") ?? 0.6);
  return {
    tab: given.get("tab") === "samples" ? "samples" : "charts",
    smoothing: smoothing >= 0 && smoothing < 1 ? smoothing : 0.6,
    log: given.has("log"),
    axis: given.get("axis") === "seconds" ? "seconds" : "steps",
    runs: given.has("runs") ? given.getAll("run") : undefined,
  };
}

/** @param {View} view */
export function writeView({ tab, smoothing, log, axis, runs }) {
  const given = new URLSearchParams({ tab, smoothing: `${smoothing}`, axis });
  if (log) given.set("log", "");
  if (runs !== undefined) given.set("runs", "");
  for (const run of runs ?? []) given.append("run", run);
  return `#${given}`;
}
