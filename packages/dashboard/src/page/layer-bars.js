// @ts-check
import { formatAligned } from "./format-aligned.js";
import { newElement } from "./new-element.js";

/** @typedef {import("../inspection.ts").LayerNorm} LayerNorm */

/**
 * The gradients up the model as bars, one for each making of the step.
 *
 * @param {HTMLElement} element
 * @param {readonly LayerNorm[]} original
 * @param {readonly LayerNorm[] | undefined} other
 */
export function showLayers(element, original, other) {
  element.hidden = original.length === 0;
  if (element.hidden) return;
  const largest = Math.max(...[...original, ...(other ?? [])].map(({ norm }) => norm).filter(Number.isFinite), Number.MIN_VALUE);
  const list = newElement("ol", "bars layers");
  for (const { layer, norm, optimizer } of original) {
    const changed = other?.find((one) => one.layer === layer)?.norm;
    const bars = [norm, ...(other ? [changed ?? 0] : [])].map((one, i) => {
      const bar = newElement("span", i === 0 ? "bar" : "bar changed");
      bar.style.setProperty("--share", `${(100 * (Number.isFinite(one) ? one : 0)) / largest}%`);
      return bar;
    });
    const item = newElement("li", "", newElement("span", "text", layer), newElement("span", "track", ...bars));
    item.append(newElement("span", "number", formatAligned(norm)));
    if (other) item.append(newElement("span", "number changed", formatAligned(changed)));
    if (optimizer > 0) item.title = "has an optimizer of its own, which clips it apart: grad_norm does not count it";
    list.append(item);
  }
  const about = newElement("small", "", "norm in the first update, before clipping");
  const legend = other ? [newElement("p", "key", newElement("i", "bar"), "as it was", newElement("i", "bar changed"), "changed")] : [];
  element.replaceChildren(newElement("h2", "", "Gradient by layer", about), ...legend, list);
}
