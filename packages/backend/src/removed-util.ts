import nodeUtil from "node:util";

/**
 * Defines the two functions of `node:util` that tfjs-node calls and that Node 23 removed, where they are missing.
 *
 * @param util the object to define them on; a test passes its own
 */
export function restoreRemovedUtil(util: object = nodeUtil): void {
  if (!("isNullOrUndefined" in util)) Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  if (!("isArray" in util)) Object.assign(util, { isArray: Array.isArray });
}
