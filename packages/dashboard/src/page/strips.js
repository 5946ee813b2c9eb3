// @ts-check
/** What is shown under each token: which numbers, what they mean, how they are coloured. */

/** @typedef {import("../inspection.ts").InspectedToken} Token */
/** @typedef {import("../inspection.ts").InspectedStep} Step */
/**
 * @typedef {object} Strip
 * @property {string} name
 * @property {(token: Token) => number | undefined} of
 * @property {number} [middle] what has no colour; missing where the scale goes from 0 to 1
 * @property {boolean} [isFactor] counted in factors of the middle: half as far below as twice is above
 * @property {string} about
 */
/** @typedef {{ side: "share" | "plus" | "minus" | "none", strength: number }} Heat `strength` from 0 to 1 */

/** @type {readonly Strip[]} */
export const strips = [
  { name: "probability", of: ({ logprob }) => Math.exp(logprob), about: "of the token, by the policy that wrote it" },
  {
    name: "advantage",
    of: ({ advantage }) => advantage,
    middle: 0,
    about: "how much better than expected: above 0 the token is made likelier",
  },
  { name: "value", of: ({ value }) => value, middle: 0, about: "what the value head expects of the rest, before this token" },
  { name: "ratio", of: ({ ratio }) => ratio, middle: 1, isFactor: true, about: "probability after the step's updates over that before" },
  {
    name: "KL",
    of: ({ kl }) => kl,
    middle: 0,
    about: "log-probability less that of the reference, in nats: above 0 the policy has drifted towards the token",
  },
  { name: "reward", of: ({ reward }) => reward, middle: 0, about: "the KL penalty on each token, and the score on the last" },
];

/** What a strip says of a token; undefined where the step has no such number, or it is not finite. @param {Strip} strip @param {Token} token */
export function numberOf(strip, token) {
  const value = strip.of(token);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The strips that some token has a number for. @param {readonly Step[]} steps */
export const stripsOf = (steps) => strips.filter((strip) => tokensOf(steps).some((token) => numberOf(strip, token) !== undefined));

/** What changes from one making of the step to the other, as a strip's number. @param {Strip} strip @param {Token} was @param {Token | undefined} is */
export function changeOf(strip, was, is) {
  const [before, after] = [numberOf(strip, was), is && numberOf(strip, is)];
  return before === undefined || after === undefined ? undefined : after - before;
}

/** A strip of differences: 0 has no colour. @param {Strip} strip @returns {Strip} */
export const differenceStrip = ({ name, about }) => ({ name, about, middle: 0, of: () => undefined });

/** How far from the middle a strip goes. @param {Strip} strip @param {readonly (number | undefined)[]} values */
export function extentOf(strip, values) {
  if (strip.middle === undefined) return 1;
  return Math.max(0, ...values.map((value) => (value === undefined ? 0 : Math.abs(distance(strip, value)))));
}

/**
 * A number's colour. From a middle on, it grows with the root of the distance: small ones are seen beside large ones.
 *
 * @param {Strip} strip
 * @param {number | undefined} value
 * @param {number} extent where the colour is full
 * @returns {Heat}
 */
export function heatOf(strip, value, extent) {
  if (value === undefined) return { side: "none", strength: 0 };
  if (strip.middle === undefined) return { side: "share", strength: Math.min(1, Math.max(0, value)) };
  const far = distance(strip, value);
  if (far === 0 || extent === 0) return { side: "none", strength: 0 };
  return { side: far > 0 ? "plus" : "minus", strength: Math.sqrt(Math.min(1, Math.abs(far) / extent)) };
}

/** The ends of a strip's scale. @param {Strip} strip @param {number} extent @returns {readonly [number, number]} */
export function endsOf({ middle, isFactor = false }, extent) {
  if (middle === undefined) return [0, 1];
  return isFactor ? [middle * Math.exp(-extent), middle * Math.exp(extent)] : [middle - extent, middle + extent];
}

/** @param {Strip} strip @param {number} value */
function distance({ middle = 0, isFactor = false }, value) {
  return isFactor ? Math.log(Math.max(value, 1e-9) / middle) : value - middle;
}

/** @param {readonly Step[]} steps */
export const tokensOf = (steps) => steps.flatMap(({ rows }) => rows.flatMap(({ tokens }) => tokens));
