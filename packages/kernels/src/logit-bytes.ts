/**
 * Logits of so many bytes are held at once, at most; those of further rows come after. Where their gradient wants them, once more.
 *
 * @param options.isFrozen the output matrix wants no gradient: then they serve for a moment only
 */
export const mostLogitBytes = ({ isFrozen }: { readonly isFrozen: boolean }): number => (isFrozen ? 32e6 : 256e6);
