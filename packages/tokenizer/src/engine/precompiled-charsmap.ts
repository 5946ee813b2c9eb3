/**
 * What is wrong with the `precompiled_charsmap` of a SentencePiece normalizer, undefined where every text can be looked up in it.
 *
 * It is base64 of a double array and of texts: the array's size in bytes, its units of 32 bits, then the replacements in UTF-8, each ended by
 * a zero. The units are a trie over the bytes of what is replaced; a leaf's value is where its replacement begins.
 */
export function precompiledCharsmapFault(charsmap: unknown): string | undefined {
  if (typeof charsmap !== "string") return "is no text in base64";
  const bytes = Buffer.from(charsmap, "base64");
  if (bytes.toString("base64") !== charsmap) return "is no text in base64";
  const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(0) >>> 2;
  if (size === 0 || 4 + 4 * size > bytes.length) return "is cut off";
  const units = Uint32Array.from({ length: size }, (_, at) => bytes.readUInt32LE(4 + 4 * at));
  const replacements = bytes.subarray(4 + 4 * size);
  if (!Buffer.from(replacements.toString("utf8"), "utf8").equals(replacements)) return "holds texts that are not UTF-8";
  return isSoundTrie(units, replacements) ? undefined : "points outside of itself";
}

function isSoundTrie(units: Uint32Array, replacements: Uint8Array): boolean {
  const seen = new Set<number>();
  const nodes = [offsetOf(units[0]!)];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (let byte = 1; byte < 256; byte++) {
      const at = node ^ byte;
      if (at >= units.length) return false;
      const unit = units[at]!;
      if (labelOf(unit) !== byte) continue;
      const child = at ^ offsetOf(unit);
      if (hasLeaf(unit) && !(child < units.length && beginsText(replacements, leafValueOf(units[child]!)))) return false;
      nodes.push(child);
    }
  }
  return true;
}

const hasLeaf = (unit: number) => ((unit >>> 8) & 1) === 1;
const leafValueOf = (unit: number) => unit & 0x7fffffff;
const labelOf = (unit: number) => (unit & 0x800000ff) >>> 0;
const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);

function beginsText(replacements: Uint8Array, at: number): boolean {
  return at <= replacements.length && (at === replacements.length || (replacements[at]! & 0xc0) !== 0x80);
}
