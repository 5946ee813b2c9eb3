// @ts-check
import { formatAligned, formatOf, formatSigned } from "./format-aligned.js";
import { newElement, newTable, tokenText } from "./new-element.js";
import { changeOf, heatOf, numberOf, strips } from "./strips.js";

/** @typedef {import("../inspection.ts").InspectedToken} Token */

/** Numbers that have no strip of their own. @type {readonly import("./strips.js").Strip[]} */
const others = [
  { name: "return", of: (token) => token.return, middle: 0, about: "what the value head learns to expect here" },
  { name: "log-probability", of: ({ logprob }) => logprob, middle: 0, about: "of the policy that wrote it, in nats" },
];

/**
 * All that is known of a token: its numbers, in both makings of the step where there are two, and what could have stood there instead.
 *
 * @param {HTMLElement} element
 * @param {object} shown
 * @param {import("./token-place.js").Place} shown.place
 * @param {Token} shown.token as it was
 * @param {Token | undefined} shown.other the same token in the other making
 * @param {boolean} shown.isCompared whether there is another making
 * @param {Map<string, number>} shown.extents of the strips
 */
export function showToken(element, { place, token, other, isCompared, extents }) {
  const heading = newElement("h2", "", newElement("span", "chosen", tokenText(token.text)));
  heading.append(newElement("small", "", `token ${place.token + 1} of sample ${place.row + 1} · id ${token.id}`));
  const rows = [...strips, ...others].flatMap((strip) => {
    const [was, is] = [numberOf(strip, token), other && numberOf(strip, other)];
    if (was === undefined && is === undefined) return [];
    const name = newElement("span", "named", swatch(strip, was, extents.get(strip.name)), strip.name);
    name.title = strip.about;
    const compared = [formatOf(strip, is), other === undefined ? "–" : formatSigned(changeOf(strip, token, other))];
    return [[name, formatOf(strip, was), ...(isCompared ? compared : [])]];
  });
  const table = newTable(isCompared ? ["", "was", "is", "differs by"] : ["", ""], rows);
  element.replaceChildren(heading, table, ...alternatives(token));
}

/** The colour that the number has in its strip. @param {import("./strips.js").Strip} strip @param {number | undefined} value @param {number | undefined} extent */
function swatch(strip, value, extent) {
  const { side, strength } = extent === undefined ? { side: "blank", strength: 0 } : heatOf(strip, value, extent);
  const cell = newElement("span", `cell ${side}`);
  cell.style.setProperty("--strength", `${Math.round(100 * strength)}%`);
  return cell;
}

/** The likeliest tokens in its place as bars; the one that was drawn is marked, and stands last where it is none of them. @param {Token} token */
function alternatives({ id, text, logprob, alternatives }) {
  if (alternatives.length === 0) return [];
  const isAmong = alternatives.some((one) => one.id === id);
  const shown = isAmong ? alternatives : [...alternatives, { id, text, probability: Math.exp(logprob) }];
  const list = newElement("ol", "bars");
  for (const one of shown) {
    const bar = newElement("span", "bar");
    bar.style.setProperty("--share", `${100 * one.probability}%`);
    const drawn = one.id === id;
    const item = newElement("li", drawn ? "drawn" : "", tokenText(one.text), newElement("span", "track", bar));
    item.append(newElement("span", "number", formatAligned(one.probability)));
    if (drawn) item.append(newElement("span", "heard", "drawn"));
    list.append(item);
  }
  return [newElement("h3", "", "In its place", newElement("small", "", "the likeliest, and the one that was drawn")), list];
}
