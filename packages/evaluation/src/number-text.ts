/** A figure for a reader, with a true minus, and none before a 0; a dash for what is not there. */
export function numberText(value: number | null | undefined, decimals = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value
    .toFixed(decimals)
    .replace(/^-(?=[0.]*$)/, "")
    .replace("-", "−");
}

/** A share in percent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
