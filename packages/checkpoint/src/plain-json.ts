/**
 * The path of the first value that JSON would lose or change (NaN, infinities, typed arrays, maps, dates, functions, bigints),
 * or undefined when there is none. Properties that are undefined count as absent.
 */
export function findNotJson(value: unknown, path: string): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = findNotJson(value[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== "object" || !isPlain(value)) return path;
  for (const [key, inner] of Object.entries(value)) {
    const found = inner === undefined ? undefined : findNotJson(inner, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
