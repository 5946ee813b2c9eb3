// @ts-check

/**
 * A package in a package-lock.json.
 *
 * @typedef {object} Locked
 * @property {string} [name] where it is not the end of its path
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [link] to the workspace `resolved`
 * @property {string} [resolved]
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 * @property {Readonly<Record<string, string>>} [peerDependencies]
 */

/** @typedef {Readonly<Record<string, Locked>>} LockedPackages by their paths */

/**
 * The path of what a package gets when it requires another; undefined where the lock has none.
 *
 * @param {LockedPackages} packages
 * @param {string} from a path
 * @param {string} name
 */
export function resolveLocked(packages, from, name) {
  for (let at = from; ; at = at.includes("/node_modules/") ? at.slice(0, at.lastIndexOf("/node_modules/")) : "") {
    const path = `${at && `${at}/`}node_modules/${name}`;
    const found = packages[path];
    if (found !== undefined) return found.link ? found.resolved : path;
    if (at === "") return undefined;
  }
}

/**
 * name@version of a package in the lock.
 *
 * @param {LockedPackages} packages
 * @param {string} path
 */
export function lockedId(packages, path) {
  const { name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length), version } = packages[path] ?? {};
  return `${name}@${version}`;
}

/**
 * What packages need to run, with what may stand beside them (peers, optional ones too), and what those need: for each path what it requires. What
 * serves their development alone is not followed.
 *
 * @param {LockedPackages} packages
 * @param {readonly string[]} roots paths
 * @returns {Map<string, string[]>}
 */
export function neededBy(packages, roots) {
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  const waiting = [...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (graph.has(path)) continue;
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
    const from = path;
    const needs = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).flatMap(
      (name) => resolveLocked(packages, from, name) ?? [],
    );
    graph.set(path, needs);
    waiting.push(...needs);
  }
  return graph;
}
