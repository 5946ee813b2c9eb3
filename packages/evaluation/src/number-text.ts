/** A figure for a reader, with a true minus; a dash for what is not there. */
export function numberText(value: number | null | undefined, decimals = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toFixed(decimals).replace("-", "−");
}

/** A share in percent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
