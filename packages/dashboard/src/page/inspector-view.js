// @ts-check
/** What a visitor has chosen of a step, kept in the address. */

/** @typedef {"original" | "changed" | "difference"} Making */
/**
 * @typedef {object} InspectorView
 * @property {Making} making
 * @property {import("./token-place.js").Place} place
 * @property {readonly string[]} hidden strips
 */

/** @param {string} hash @returns {InspectorView} */
export function readInspectorView(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const making = given.get("show");
  const count = (/** @type {string} */ name) => Math.max(0, Math.floor(Number(given.get(name)) || 1) - 1);
  return {
    making: making === "changed" || making === "difference" ? making : "original",
    place: { row: count("sample"), token: count("token") },
    hidden: given.getAll("hide"),
  };
}

/** @param {InspectorView} view */
export function writeInspectorView({ making, place, hidden }) {
  const given = new URLSearchParams({ show: making, sample: `${place.row + 1}`, token: `${place.token + 1}` });
  for (const name of hidden) given.append("hide", name);
  return `#${given}`;
}
