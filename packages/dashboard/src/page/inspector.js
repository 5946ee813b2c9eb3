// @ts-check
import { pairTokens } from "./compare-rows.js";
import { readInspectorView, writeInspectorView } from "./inspector-view.js";
import { showLayers } from "./layer-bars.js";
import { newElement } from "./new-element.js";
import { openSampleCards } from "./sample-cards.js";
import { shownSteps } from "./shown-step.js";
import { showNumbers } from "./step-numbers.js";
import { showLegend } from "./strip-legend.js";
import { strips } from "./strips.js";
import { openTheme } from "./theme.js";
import { showToken } from "./token-details.js";
import { movedBy } from "./token-place.js";

/** @typedef {import("./inspector-view.js").Making} Making */

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

const answer = await fetch("/api/inspection");
/** @type {import("../inspection.ts").Inspection} */
const inspection = await answer.json();
const { run, step, from, original, set, other } = inspection;
const steps = shownSteps(inspection);
const scales = new Map(steps.original.strips.map(({ strip, extent }) => [strip.name, extent]));
let view = readInspectorView(location.hash);

const theme = openTheme(element("theme"));
const cards = openSampleCards(element("samples"), { onChoose: choose, onPoint: (place) => tell(place ?? view.place) });

/** The making that is shown: there may be only one. @returns {Making} */
const making = () => (other === undefined ? "original" : view.making);

/** Makes the page what the view says. */
function draw() {
  const all = steps[making()];
  const shown = { ...all, strips: all.strips.filter(({ strip }) => !view.hidden.includes(strip.name)) };
  showLegend(element("legend"), all.strips, view.hidden, turnStrip);
  cards.show(shown);
  for (const radio of element("making").querySelectorAll("input")) radio.checked = radio.value === making();
  choose(view.place);
}

/** @param {import("./token-place.js").Place} place @param {boolean} [isFocused] */
function choose(place, isFocused = false) {
  const row = Math.min(place.row, steps[making()].rows.length - 1);
  const token = Math.min(place.token, (steps[making()].rows[row]?.tokens.length ?? 0) - 1);
  if (row < 0 || token < 0) return;
  remember({ place: { row, token } });
  cards.choose(view.place, isFocused);
  tell(view.place);
}

/** The numbers of a token at the side. @param {import("./token-place.js").Place} place */
function tell(place) {
  const shownRows = steps[making()].rows;
  const token = shownRows[place.row]?.tokens[place.token];
  if (token === undefined) return;
  const rowWas = original.rows[place.row];
  const pair = rowWas && pairTokens(rowWas, other?.rows[place.row])[place.token];
  const was = pair === undefined ? token : (rowWas?.tokens[place.token] ?? token);
  showToken(element("token"), { place, token: was, other: pair, isCompared: other !== undefined, extents: scales });
}

/** @param {Partial<import("./inspector-view.js").InspectorView>} by */
function remember(by) {
  view = { ...view, ...by };
  history.replaceState(undefined, "", writeInspectorView(view));
}

/** @param {string} name */
function turnStrip(name) {
  remember({ hidden: view.hidden.includes(name) ? view.hidden.filter((one) => one !== name) : [...view.hidden, name] });
  draw();
}

/** @param {Making} which */
function turnTo(which) {
  if (other === undefined) return;
  remember({ making: which });
  draw();
}

const lengths = () => steps[making()].rows.map(({ tokens }) => tokens.length);
const options = Object.entries(set ?? {}).map(([name, value]) => `${name} ${value}`);

/** @type {Readonly<Record<string, () => void>>} */
const keys = {
  o: () => turnTo("original"),
  c: () => turnTo("changed"),
  d: () => turnTo("difference"),
  t: theme.turn,
  "?": () => element("help").showModal(),
  ...Object.fromEntries(steps.original.strips.map(({ strip }, i) => [`${i + 1}`, () => turnStrip(strip.name)])),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  const isOwn = event.target instanceof HTMLInputElement && event.target.type === "radio"; // arrows choose there
  const place = isOwn ? undefined : movedBy(view.place, event.key, lengths());
  const act = place === undefined ? keys[event.key] : () => choose(place, true);
  if (act === undefined) return;
  event.preventDefault();
  act();
});
element("help-button").addEventListener("click", () => element("help").showModal());
element("making").addEventListener("change", (/** @type {Event} */ event) =>
  turnTo(/** @type {any} */ (/** @type {HTMLInputElement} */ (event.target).value)),
);
addEventListener("hashchange", () => {
  view = readInspectorView(location.hash);
  draw();
});

document.title = `cai · step ${step} of ${run}`;
const origin = from === 0 ? "made again from the beginning" : `made again from the checkpoint of step ${from}`;
element("title").replaceChildren(newElement("b", "", `step ${step}`), ` of ${run} `, newElement("small", "", origin));
if (other !== undefined) {
  element("making").hidden = false;
  element("changed-name").textContent = options.join(", ");
}
const lacking = strips.filter(({ name }) => !scales.has(name)).map(({ name }) => name);
if (original.rows.length === 0) element("notice").textContent = "No response was asked for: give --rows.";
else if (lacking.length > 0) element("notice").textContent = `Not in this step: ${lacking.join(", ")}.`;
showLayers(element("gradients"), original.gradients, other?.gradients);
showNumbers(element("numbers"), inspection);
draw();
