// @ts-check

const libraries = ["GLIBC", "GLIBCXX", "CXXABI"];

const { compare: compareVersions } = new Intl.Collator("en", { numeric: true });

/**
 * The newest symbols that a compiled file asks the C library and C++'s for, by the versions that it names: the systems that have them can
 * load it.
 *
 * @param {Uint8Array} bytes
 * @returns {Record<string, string>} as in `{ GLIBC: "2.28", GLIBCXX: "3.4.25" }`
 */
export function neededSymbols(bytes) {
  const named = Buffer.from(bytes)
    .toString("latin1")
    .matchAll(/(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)\0/g);
  /** @type {Record<string, string>} */
  const newest = {};
  for (const [, library = "", version = ""] of named)
    if (newest[library] === undefined || compareVersions(version, newest[library]) > 0) newest[library] = version;
  if (newest.GLIBC === undefined) throw new Error("no symbol of glibc is in the file: it is none that was linked on Linux");
  return newest;
}

/**
 * What of `needed` is newer than `most` allows.
 *
 * @param {Readonly<Record<string, string>>} needed
 * @param {Readonly<Record<string, string>>} most
 */
export function tooNew(needed, most) {
  return Object.entries(needed).flatMap(([library, version]) => {
    const allowed = most[library];
    return allowed !== undefined && compareVersions(version, allowed) > 0 ? `${library}_${version}` : [];
  });
}

/** Reads what `--most` says, as in `GLIBC_2.28,GLIBCXX_3.4.25`; undefined where that is nothing of the kind. @param {string} text */
export function readSymbols(text) {
  const entries = text.split(",").map((one) => /^([A-Z]+)_(\d+(?:\.\d+)+)$/.exec(one));
  /** @type {Record<string, string>} */
  const read = {};
  for (const [, library = "", version = ""] of entries.map((entry) => entry ?? [])) {
    if (!libraries.includes(library)) return undefined;
    read[library] = version;
  }
  return read;
}
