// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, posix } from "node:path";
import { links } from "../documentation/markdown.mjs";
import { kindOf, sitePath } from "./site-path.mjs";

/** @typedef {{ readonly text: string } | { readonly copyOf: string }} SiteFile */

const languages = { mjs: "js", cc: "cpp", h: "cpp", py: "python", yml: "yaml", jsonl: "json" };
const isElsewhere = (/** @type {string} */ target) => /^[a-z][a-z0-9+.-]*:|^\/\/|^#/i.test(target);

/**
 * The files of the site, by their paths on it: the pages that are given and all that their links lead to, from one to the next. Links are
 * written anew; what leads to code leads to a page that shows it.
 *
 * @param {string} root the repository's folder
 * @param {readonly string[]} entries pages to begin with, from there on
 * @returns {Map<string, SiteFile>}
 */
export function collect(root, entries) {
  /** @type {Map<string, SiteFile>} */
  const files = new Map();
  const waiting = [...entries];
  const asked = new Set(waiting);
  const ask = (/** @type {string} */ path) => {
    if (!asked.has(path)) waiting.push(path);
    asked.add(path);
  };
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const kind = kindIn(root, path);
    const place = sitePath(path, kind);
    if (kind === "picture") files.set(place, { copyOf: join(root, path) });
    else if (kind === "code") files.set(place, { text: codePage(root, path) });
    else if (kind === "folder") {
      const names = filesIn(root, path);
      for (const name of names) ask(name);
      files.set(place, { text: folderPage(path, names, place) });
    } else {
      const text = readFileSync(join(root, path), "utf8");
      files.set(place, { text: rewritten(root, path, place, text, ask) });
    }
  }
  return files;
}

/** @param {string} root @param {string} path */
const kindIn = (root, path) => kindOf(path, statSync(join(root, path)).isDirectory());

/** A page with its links as they are on the site. */
function rewritten(
  /** @type {string} */ root,
  /** @type {string} */ path,
  /** @type {string} */ place,
  /** @type {string} */ text,
  /** @type {(path: string) => void} */ ask,
) {
  const targets = new Set(links(text).map(({ target }) => target));
  let page = text;
  for (const target of targets) {
    if (isElsewhere(target)) continue;
    const [file = "", anchor] = target.split("#");
    const found = posix.normalize(posix.join(posix.dirname(path), decodeURIComponent(file))).replace(/\/$/, "");
    if (!existsSync(join(root, found))) throw new Error(`${path} leads to ${target}, which is not there`);
    const readme = posix.join(found, "README.md");
    const led = kindIn(root, found) === "folder" && existsSync(join(root, readme)) ? readme : found;
    ask(led);
    const there = relativeTo(place, sitePath(led, kindIn(root, led)));
    const written = anchor === undefined ? there : `${there}#${anchor}`;
    page = page.replaceAll(`](${target})`, `](${written})`).replaceAll(`="${target}"`, `="${written}"`);
  }
  return page;
}

/** @param {string} root @param {string} path */
function codePage(root, path) {
  const code = readFileSync(join(root, path), "utf8");
  const ending = extname(path).slice(1);
  const language =
    /** @type {Record<string, string>} */ (languages)[ending] ?? (/^(ts|js|json|yaml|css|html|sh)$/.test(ending) ? ending : "txt");
  const fence = "`".repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${bare(basename(path))}# ${basename(path)}\n\n\`${path}\`\n\n${fence}${language}\n${code.trimEnd()}\n${fence}\n`;
}

/** @param {string} path @param {readonly string[]} names @param {string} place */
function folderPage(path, names, place) {
  const items = names.map((name) => `- [${basename(name)}](${relativeTo(place, sitePath(name, "code"))})`);
  return `${bare(path)}# ${path}\n\n${items.join("\n")}\n`;
}

/** Pages of code have no outline, and are not searched. @param {string} title */
const bare = (title) => `---\ntitle: ${JSON.stringify(title)}\naside: false\nsearch: false\n---\n\n`;

/** What a folder shows: its code, without its tests. @param {string} root @param {string} path */
function filesIn(root, path) {
  const names = readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map(({ name }) => posix.join(path, name)).sort();
  return paths.filter((name) => kindOf(name, false) === "code" && !/\.(test|slow|fixture)\.ts$/.test(name));
}

/** @param {string} from a file's place @param {string} to another's */
function relativeTo(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}
