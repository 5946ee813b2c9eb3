// @ts-check

const { compare } = new Intl.Collator("en", { numeric: true });

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
  const [glibc] = [...new Set([...named].map(([, version]) => version ?? ""))].sort((a, b) => compare(b, a));
  if (glibc === undefined) throw new Error("no symbol of glibc is in the file: it is none that was linked on Linux");
  return { glibc, isTooNew: most !== undefined && compare(glibc, most) > 0 };
}
