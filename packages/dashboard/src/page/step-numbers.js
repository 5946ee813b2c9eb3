// @ts-check
import { formatNumber } from "./format-number.js";
import { newElement, newTable } from "./new-element.js";

/**
 * The numbers of the step: all of them, and first those that the other option changes.
 *
 * @param {HTMLElement} element
 * @param {import("../inspection.ts").Inspection} inspection
 */
export function showNumbers(element, { original, other, differences = [] }) {
  const all = Object.entries(original.metrics).map(([name, value]) => [name, formatNumber(value)]);
  const table = newElement("details", "", newElement("summary", "", "all numbers of the step"), newTable(["", ""], all));
  if (other === undefined) return element.replaceChildren(table);
  const rows = differences.map(({ name, was, is }) => [name, formatNumber(was), formatNumber(is)]);
  const changed = rows.length === 0 ? newElement("p", "", "None of the step's numbers differs.") : newTable(["", "was", "is"], rows);
  return element.replaceChildren(newElement("h2", "", "What the option changes"), changed, table);
}
