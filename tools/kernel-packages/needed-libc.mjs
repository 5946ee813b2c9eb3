// @ts-check

/**
 * The newest glibc that a compiled file asks for, by the versions of the symbols that it names.
 *
 * @param {Uint8Array} bytes
 * @param {string} [most] a version that it must not pass
 */
export function neededLibc(bytes, most) {
  const named = Buffer.from(bytes)
    .toString("latin1")
    .matchAll(/GLIBC_(\d+(?:\.\d+)+)\0/g);
  const [glibc] = [...new Set([...named].map(([, version]) => version ?? ""))].sort((a, b) => compareVersions(b, a));
  if (glibc === undefined) throw new Error("no symbol of glibc is in the file: it is none that was linked on Linux");
  return { glibc, isTooNew: most !== undefined && compareVersions(glibc, most) > 0 };
}

/** @param {string} a @param {string} b */
function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const place = left?.findIndex((number, index) => number !== (right?.[index] ?? 0)) ?? -1;
  if (place === -1) return (left?.length ?? 0) - (right?.length ?? 0);
  return (left?.[place] ?? 0) - (right?.[place] ?? 0);
}
