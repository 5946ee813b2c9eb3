// @ts-check
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Puts text between the two comments of a name: `<!-- name -->` and `<!-- end name -->`.
 *
 * @param {string} page @param {string} name @param {string} text
 * @throws Error where the page has no such place
 */
export function fillPlace(page, name, text) {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [page.indexOf(opening), page.indexOf(closing)];
  if (from < 0 || to < from) throw new Error(`the page has no place for it: put ${opening} and ${closing} where it shall stand`);
  return `${page.slice(0, from + opening.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}

const path = new URL("../../docs/performance.md", import.meta.url);

/** Fills places of docs/performance.md. @param {Readonly<Record<string, string>>} texts */
export function writePerformancePage(texts) {
  const page = Object.entries(texts).reduce((filled, [name, text]) => fillPlace(filled, name, text), readFileSync(path, "utf8"));
  writeFileSync(path, page);
}
