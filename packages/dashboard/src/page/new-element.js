// @ts-check
import { visibleParts } from "./visible-text.js";

/**
 * An element with a class and what is in it; texts are put there as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {...(Node | string)} content
 */
export function newElement(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...content);
  return element;
}

/** A token's text, blanks as faint signs. @param {string} text */
export function tokenText(text) {
  return newElement("span", "text", ...visibleParts(text).map((part) => (part.isSign ? newElement("i", "", part.text) : part.text)));
}

/** A table of rows; the first cell of each is its heading. @param {readonly string[]} headings @param {readonly (readonly (Node | string)[])[]} rows */
export function newTable(headings, rows) {
  const head = newElement("thead", "", newElement("tr", "", ...headings.map((text) => newElement("th", "", text))));
  for (const cell of head.querySelectorAll("th")) cell.scope = "col";
  const body = newElement("tbody", "");
  for (const [name = "", ...cells] of rows) {
    const heading = newElement("th", "", name);
    heading.scope = "row";
    body.append(newElement("tr", "", heading, ...cells.map((cell) => newElement("td", "", cell))));
  }
  return newElement("table", "", ...(headings.some((text) => text !== "") ? [head] : []), body);
}
