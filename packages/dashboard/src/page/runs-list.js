// @ts-check
import { formatNumber } from "./format-number.js";

/** @typedef {import("../summarize-run.ts").RunSummary & { name: string }} Run */

/**
 * The runs with a box each; who is ticked is drawn.
 *
 * @param {HTMLElement} element
 * @param {HTMLInputElement} filter
 * @param {(name: string, isShown: boolean) => void} onChoose
 */
export function openRunsList(element, filter, onChoose) {
  let laidOut = "";
  /** @param {readonly Run[]} runs @param {readonly string[]} shown @param {(name: string) => string} colorOf */
  function show(runs, shown, colorOf) {
    const wanted = runs.filter(({ name }) => name.toLowerCase().includes(filter.value.toLowerCase()));
    const layout = JSON.stringify([wanted, shown]);
    if (layout === laidOut) return;
    laidOut = layout;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.run;
    element.replaceChildren(...wanted.map((run) => rowOf(run, shown.includes(run.name), colorOf(run.name))));
    if (focused !== undefined) /** @type {HTMLElement | null} */ (element.querySelector(`[data-run="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {Run} run @param {boolean} isShown @param {string} color */
  function rowOf({ name, algorithm, step, steps, state, reward, loss }, isShown, color) {
    const row = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = isShown;
    box.dataset.run = name;
    box.style.accentColor = color;
    box.addEventListener("change", () => onChoose(name, box.checked));
    const title = document.createElement("span");
    title.textContent = name;
    const facts = document.createElement("small");
    facts.className = state;
    const figure = reward === undefined ? loss !== undefined && `loss ${formatNumber(loss)}` : `reward ${formatNumber(reward)}`;
    facts.textContent = [algorithm, steps === undefined ? `step ${step}` : `${step}/${steps}`, state, figure].filter(Boolean).join(" · ");
    label.append(box, title, facts);
    row.append(label);
    return row;
  }

  return { show };
}
