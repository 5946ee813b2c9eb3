// @ts-check

/**
 * Of a package's dependencies those that no other of them leads to: the arrows that say all the others.
 *
 * @param {ReadonlyMap<string, readonly string[]>} dependencies of each package, without circles
 * @returns {{ readonly from: string, readonly to: string }[]}
 */
export function arrows(dependencies) {
  /** @type {Map<string, ReadonlySet<string>>} */
  const known = new Map();
  /** All that a package leads to. @param {string} name @returns {ReadonlySet<string>} */
  const reached = (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const own = dependencies.get(name) ?? [];
    const all = new Set([...own, ...own.flatMap((one) => [...reached(one)])]);
    known.set(name, all);
    return all;
  };
  return [...dependencies].flatMap(([from, own]) =>
    own.filter((to) => !own.some((other) => other !== to && reached(other).has(to))).map((to) => ({ from, to })),
  );
}
