// @ts-check
import { formatOf, formatSigned } from "./format-aligned.js";
import { newElement, newTable, tokenText } from "./new-element.js";
import { heatAt } from "./shown-step.js";
import { spokenText, visibleText } from "./visible-text.js";

/** @typedef {import("./shown-step.js").ShownStep} ShownStep */
/** @typedef {import("./token-place.js").Place} Place */

/**
 * All responses of a step, a card each: their tokens as text, and under each a cell of every strip.
 *
 * @param {HTMLElement} element
 * @param {{ onChoose: (place: Place) => void, onPoint: (place: Place | undefined) => void }} told
 */
export function openSampleCards(element, { onChoose, onPoint }) {
  /** The tokens' buttons, response by response. @type {HTMLButtonElement[][]} */
  let buttons = [];
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) labelLines(/** @type {HTMLElement} */ (target));
  });

  /** @param {Event} event @returns {Place | undefined} */
  function placeOf({ target }) {
    const button = target instanceof Element ? target.closest(".token") : null;
    if (!(button instanceof HTMLElement)) return undefined;
    return { row: Number(button.dataset.row), token: Number(button.dataset.token) };
  }
  element.addEventListener("click", (event) => {
    const place = placeOf(event);
    if (place !== undefined) onChoose(place);
  });
  element.addEventListener("focusin", (event) => {
    const place = placeOf(event);
    if (place !== undefined) onChoose(place);
  });
  element.addEventListener("pointerover", (event) => onPoint(placeOf(event)));
  element.addEventListener("pointerleave", () => onPoint(undefined));

  /** @param {ShownStep} step */
  function show(step) {
    watch.disconnect();
    buttons = step.rows.map(({ tokens }, row) => tokens.map(({ text }, token) => tokenButton(step, row, token, text)));
    element.replaceChildren(...step.rows.map((_, row) => card(step, row, buttons[row] ?? [])));
    for (const lines of element.querySelectorAll(".response")) watch.observe(lines);
  }

  /** @param {Place} place @param {boolean} [isFocused] */
  function choose(place, isFocused = false) {
    for (const button of element.querySelectorAll(".token[tabindex='0']")) {
      button.removeAttribute("aria-current");
      /** @type {HTMLButtonElement} */ (button).tabIndex = -1;
    }
    const button = buttons[place.row]?.[place.token];
    if (button === undefined) return;
    button.tabIndex = 0;
    button.ariaCurrent = "true";
    if (isFocused) button.focus();
  }

  return { show, choose };
}

/** @param {ShownStep} step @param {number} row @param {readonly HTMLButtonElement[]} tokens */
function card(step, row, tokens) {
  const { promptTokens, score } = /** @type {ShownStep["rows"][number]} */ (step.rows[row]);
  const name = `sample ${row + 1}`;
  const heading = newElement("h2", "sample-name", name);
  if (typeof score === "number") heading.append(newElement("small", "", "score ", newElement("b", "", formatSigned(score))));
  const prompt = newElement("p", "prompt", ...promptTokens.map(({ text }) => newElement("span", "piece", tokenText(text))));
  const response = newElement("div", "response");
  response.role = "group";
  response.ariaLabel = `${name}: the response, token by token`;
  response.dataset.strips = step.strips.map(({ strip }) => strip.name).join(",");
  for (const [i, button] of tokens.entries()) {
    response.append(button);
    if (step.rows[row]?.tokens[i]?.text.includes("\n")) response.append(newElement("span", "line-end"));
  }
  const section = newElement("section", "sample", heading, prompt, response, tableOf(step, row));
  section.ariaLabel = name;
  return section;
}

/** @param {ShownStep} step @param {number} row @param {number} token @param {string} text */
function tokenButton(step, row, token, text) {
  const numbers = step.strips.map((shown) => `${shown.strip.name} ${formatOf(shown.strip, shown.numberAt(row, token))}`);
  const cells = step.strips.map((shown, i) => {
    const { side, strength } = heatAt(shown, row, token);
    const cell = newElement("span", `cell ${shown.numberAt(row, token) === undefined ? "missing" : side}`);
    cell.style.setProperty("--strength", `${Math.round(100 * strength)}%`);
    cell.title = numbers[i] ?? "";
    return cell;
  });
  const button = newElement("button", "token", tokenText(text), ...cells);
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.row = `${row}`;
  button.dataset.token = `${token}`;
  button.ariaLabel = `${spokenText(text)}: ${numbers.join(", ")}`;
  return button;
}

/** The same numbers as a table, made when it is opened. @param {ShownStep} step @param {number} row */
function tableOf(step, row) {
  const details = newElement("details", "", newElement("summary", "", "as a table"));
  details.addEventListener(
    "toggle",
    () => {
      const tokens = step.rows[row]?.tokens ?? [];
      const lines = tokens.map(({ text }, i) => [
        visibleText(text),
        ...step.strips.map(({ strip, numberAt }) => formatOf(strip, numberAt(row, i))),
      ]);
      details.append(newTable(["token", ...step.strips.map(({ strip }) => strip.name)], lines));
    },
    { once: true },
  );
  return details;
}

/** Names the strips at the left of each line of tokens: where lines end is known once they are laid out. @param {HTMLElement} response */
function labelLines(response) {
  for (const old of response.querySelectorAll(".labels")) old.remove();
  const tops = new Set([...response.querySelectorAll(".token")].map((token) => /** @type {HTMLElement} */ (token).offsetTop));
  for (const top of tops) {
    const names = (response.dataset.strips ?? "").split(",").map((name) => newElement("span", "", name));
    const labels = newElement("div", "labels", ...names);
    labels.ariaHidden = "true";
    labels.style.top = `${top}px`;
    response.append(labels);
  }
}
