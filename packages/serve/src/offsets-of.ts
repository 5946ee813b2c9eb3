/** Where each text begins in all of them together. */
export function offsetsOf(texts: readonly string[]): number[] {
  let offset = 0;
  return texts.map((text) => {
    const begin = offset;
    offset += text.length;
    return begin;
  });
}
