// @ts-check
import { posix } from "node:path";

/**
 * A package's `package.json` as it is published: with the repository that it comes from, without which npm takes no provenance.
 *
 * @param {{ [field: string]: unknown }} manifest as it is in the repository, which doesn't know where it will be kept
 * @param {{ folder: string, repository: string }} options `folder`: below packages/; `repository`: on GitHub, as owner/name
 */
export function withOrigin(manifest, { folder, repository }) {
  const page = `https://github.com/${repository}`;
  return {
    ...manifest,
    repository: { type: "git", url: `git+${page}.git`, directory: `packages/${folder}` },
    homepage: `${page}/tree/main/packages/${folder}#readme`,
    bugs: `${page}/issues`,
  };
}

/**
 * A package's README as it is published. In the repository it links to what lies around it, which npm's page has not: there each link leads to
 * the repository. What is code stays as it is.
 *
 * @param {string} readme
 * @param {{ folder: string, repository: string }} options as `withOrigin`'s
 */
export function readmeWithOrigin(readme, { folder, repository }) {
  const page = `https://github.com/${repository}`;
  /** @param {string} path */
  const absolute = (path) => {
    const [file = "", anchor] = path.split("#");
    const within = posix.join("packages", folder, file);
    return `${page}/${posix.extname(file) === "" ? "tree" : "blob"}/main/${within}${anchor === undefined ? "" : `#${anchor}`}`;
  };
  return readme.replace(codeOrLink, (all, path) => (path === undefined ? all : `](${absolute(path)})`));
}

/** A block or a line of code, or the end of a link that is neither an address nor a place on the same page. */
const codeOrLink = /^```[\s\S]*?^```|`[^`\n]+`|\]\((?![a-z]+:|#|\/)([^)\s]+)\)/gm;
