// @ts-check
// What the tests of the pages and the site both read of a page in Markdown: its headings, links and blocks of code.

/**
 * @typedef {{ readonly language: string, readonly code: string, readonly line: number }} CodeBlock the code between two fences; `line` is that of
 *   the first fence, from 1
 * @typedef {{ readonly target: string, readonly line: number }} Link
 */

const inline = /(`+)(?!`)([^`]|(?!\1)`)*?\1(?!`)/g;
const fence = /^( *)(```+)([^\n`]*)\n([\s\S]*?)^\1\2 *$/gm;

/** @param {string} page @returns {CodeBlock[]} */
export function codeBlocks(page) {
  return [...page.matchAll(fence)].map(({ index, 1: indent, 3: info, 4: code }) => ({
    language: /** @type {string} */ (info).trim().split(/\s+/)[0] ?? "",
    code: indent === "" ? /** @type {string} */ (code) : /** @type {string} */ (code).replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    line: lineOf(page, index),
  }));
}

/**
 * Where a page leads to: links, pictures, and what its HTML names by `href`, `src` and `srcset`. What stands in code is no link.
 *
 * @param {string} page @returns {Link[]}
 */
export function links(page) {
  const prose = withoutCode(page);
  const found = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|\b(?:href|src|srcset)="([^"\s]+)"/g)];
  return found.map((match) => ({ target: /** @type {string} */ (match[1] ?? match[2]), line: lineOf(prose, match.index) }));
}

/** The anchors of a page's headings, as GitHub makes them. @param {string} page @returns {Set<string>} */
export function anchors(page) {
  const headings = [...page.replaceAll(fence, "").matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) => /** @type {string} */ (match[1]));
  /** @type {Set<string>} */
  const taken = new Set();
  for (const heading of headings) {
    const first = slug(heading);
    let anchor = first;
    for (let again = 1; taken.has(anchor); again++) anchor = `${first}-${again}`;
    taken.add(anchor);
  }
  return taken;
}

/** GitHub's anchor of a heading. @param {string} heading */
export function slug(heading) {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** What stands between backticks within a page's text, on one line each. @param {string} page @returns {string[]} */
export function inlineCode(page) {
  const prose = page.replaceAll(fence, "");
  return [...prose.matchAll(inline)].map(([code]) =>
    code
      .replaceAll(/^`+|`+$/g, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

/** The page with everything between backticks blank, each line where it was. @param {string} page */
function withoutCode(page) {
  const blank = (/** @type {string} */ code) => code.replaceAll(/[^\n]/g, " ");
  return page.replaceAll(fence, blank).replaceAll(inline, blank);
}

/** @param {string} text @param {number} index */
function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}
