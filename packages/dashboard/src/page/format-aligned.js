// @ts-check
import { formatNumber } from "./format-number.js";

/** A number with the decimals of those above and below it, so that a column of them can be read: 0.314, −1.200; far sizes as elsewhere. @param {number | null | undefined} value @param {number} [decimals] */
export function formatAligned(value, decimals = 3) {
  const size = Math.abs(value ?? Number.NaN);
  const isNear = size < 100 && (size >= 10 ** -decimals || size === 0);
  return isNear ? /** @type {number} */ (value).toFixed(decimals).replace("-", "−") : formatNumber(value);
}

/** With a sign in front of those above 0 too. @param {number | null | undefined} value */
export const formatSigned = (value) => `${(value ?? 0) > 0 ? "+" : ""}${formatAligned(value)}`;

/** A strip's number: those around 0 have a sign. @param {import("./strips.js").Strip} strip @param {number | undefined} value */
export const formatOf = (strip, value) => (strip.middle === 0 ? formatSigned(value) : formatAligned(value));

/** How far a strip's scale goes. @param {import("./strips.js").Strip} strip @param {readonly [number, number]} ends */
export function formatEnds(strip, [low, high]) {
  if (strip.middle === undefined) return `${low}–${high}`;
  return strip.middle === 0 ? `±${formatAligned(high, 2)}` : `${formatAligned(low, 2)}–${formatAligned(high, 2)}`;
}
