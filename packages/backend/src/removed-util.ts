import nodeUtil from "node:util";

/**
 * Defines the two functions of `node:util` that tfjs-node calls: Node 22 warns at their use, and Node 23 removed them.
 *
 * @param util the object to define them on; a test passes its own
 */
export function restoreRemovedUtil(util: object = nodeUtil): void {
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined, isArray: Array.isArray });
}
