// @ts-check
import { formatEnds } from "./format-aligned.js";
import { newElement } from "./new-element.js";
import { endsOf } from "./strips.js";

/**
 * The strips with their scales; a box shows or hides each.
 *
 * @param {HTMLElement} element
 * @param {readonly import("./shown-step.js").ShownStrip[]} shown
 * @param {readonly string[]} hidden
 * @param {(name: string) => void} onTurn
 */
export function showLegend(element, shown, hidden, onTurn) {
  const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.value : undefined;
  element.replaceChildren(
    ...shown.map(({ strip, extent }) => {
      const box = newElement("input", "");
      Object.assign(box, { type: "checkbox", value: strip.name, checked: !hidden.includes(strip.name) });
      box.addEventListener("change", () => onTurn(strip.name));
      const ramp = newElement("span", strip.middle === undefined ? "ramp share" : "ramp");
      const scale = extent === 0 ? ["all alike"] : [ramp, formatEnds(strip, endsOf(strip, extent))];
      const label = newElement("label", "", box, strip.name, newElement("small", "scale", ...scale));
      label.title = strip.about;
      return newElement("li", "", label);
    }),
  );
  if (focused !== undefined) element.querySelector(/** @type {"input"} */ (`input[value="${focused}"]`))?.focus();
}
