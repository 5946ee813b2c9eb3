// @ts-check
import { posix } from "node:path";

const pictures = /\.(svg|png|jpe?g|gif|webp)$/i;

/** What becomes of a file of the repository: a page in Markdown, a picture, a page that shows its code, or one that lists a folder. */
export function kindOf(/** @type {string} */ path, /** @type {boolean} */ isFolder) {
  if (isFolder) return "folder";
  if (path.endsWith(".md")) return "page";
  return pictures.test(path) ? "picture" : "code";
}

/**
 * Where a file or folder of the repository stands on the site: pages of `docs/` at the top, READMEs of packages under `packages/`.
 *
 * @param {string} path from the repository's folder on, with `/` between names
 * @param {ReturnType<typeof kindOf>} kind
 */
export function sitePath(path, kind) {
  switch (kind) {
    case "picture":
      return `pictures/${path}`;
    case "code":
      return `source/${path}.md`;
    case "folder":
      return posix.join("source", path, "index.md");
    default: {
      const [, name] = /^packages\/([^/]+)\/README\.md$/.exec(path) ?? [];
      if (name !== undefined) return `packages/${name}.md`;
      if (path === "README.md") return "overview.md";
      return path
        .replace(/^docs\//, "")
        .replace(/(^|\/)README\.md$/, "$1index.md")
        .toLowerCase();
    }
  }
}
