// @ts-check
/** A number as short as it tells: 0.0312, −1.25, 1.2e-7, 12,400. @param {number | null | undefined} value */
export function formatNumber(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace("-", "−").replace("e−", "e-");
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return value.toLocaleString("en", { maximumFractionDigits: digits }).replace("-", "−");
}
