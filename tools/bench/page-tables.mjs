// @ts-check
import { readFileSync, writeFileSync } from "node:fs";

/** What a kind of processor is called on the page: by the level of the kernels that computed, or by the backend that has none. */
const kinds = /** @type {Readonly<Record<string, string>>} */ ({
  amx: "with AMX",
  avx512: "with AVX-512, without AMX",
  avx2: "with AVX2, without AVX-512 and AMX",
});

/**
 * A kind of processor, and the one that was measured.
 *
 * @typedef {{ kind: string, title: string }} Processor
 */

/** @param {{ cpu: string, backend: string, kernels?: string }} machine @returns {Processor} */
export function processorOf({ cpu, backend, kernels }) {
  const kind = kernels ?? backend;
  return { kind, title: `${cpu}, ${kinds[kind] ?? kind}` };
}

/**
 * Puts text between the two comments of a name: `<!-- name -->` and `<!-- end name -->`.
 *
 * @param {string} page @param {string} name @param {string} text
 * @throws Error where the page has no such place
 */
export function fillPlace(page, name, text) {
  const { from, to } = placeOf(page, name);
  return `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}

/**
 * Puts the text of a kind of processor into a place that has one text a kind, `<!-- name, kind -->`: where it stood, or below the others,
 * which stay as they are.
 *
 * @param {string} page @param {string} name @param {Processor} processor @param {string} text
 * @throws Error where the page has no place of that name
 */
export function fillPlaceOfKind(page, name, { kind, title }, text) {
  const own = `${name}, ${kind}`;
  const { from, to } = placeOf(page, name);
  const there = page.slice(from, to);
  const withPlace = there.includes(comment(own)) ? there : `${there.trim()}\n\n${comment(own)}\n\n${comment(`end ${own}`)}`;
  return fillPlace(page, name, fillPlace(withPlace, own, `${title}:\n\n${text.trim()}`));
}

/** @param {string} text */
const comment = (text) => `<!-- ${text} -->`;

/** What lies between the comments. @param {string} page @param {string} name */
function placeOf(page, name) {
  const [opening, closing] = [comment(name), comment(`end ${name}`)];
  const [start, to] = [page.indexOf(opening), page.indexOf(closing)];
  if (start < 0 || to < start) throw new Error(`the page has no place for it: put ${opening} and ${closing} where it shall stand`);
  return { from: start + opening.length, to };
}

const path = new URL("../../docs/performance.md", import.meta.url);

/** Fills places of docs/performance.md, for this kind of processor. @param {Readonly<Record<string, string>>} texts @param {Processor} processor */
export function writePerformancePage(texts, processor) {
  const page = Object.entries(texts).reduce(
    (filled, [name, text]) => fillPlaceOfKind(filled, name, processor, text),
    readFileSync(path, "utf8"),
  );
  writeFileSync(path, page);
}
