// @ts-check
import { formatNumber } from "./format-number.js";
import { inspectCommand } from "./inspect-command.js";
import { choose } from "./sample-rows.js";

/** Rows that are laid out at once: more would make every key stroke slow. */
const most = 300;

/**
 * The table of a run's samples. Texts of models are put there as text, never as markup.
 *
 * @param {HTMLElement} element
 */
export function openSamples(element) {
  const [run, kind, filter, count, body] = ["#sample-run", "#sample-kind", "#sample-filter", "#sample-count", "tbody"].map(
    (selector) => /** @type {any} */ (element.querySelector(selector)),
  );
  /** @type {NodeListOf<HTMLButtonElement>} */
  const headings = element.querySelectorAll("[data-sort]");
  /** @type {import("./sample-rows.js").Order} */
  let order = { by: "step", descending: true };
  /** @type {readonly import("./sample-rows.js").Sample[]} */
  let samples = [];
  /** @type {import("./runs-list.js").Run | undefined} */
  let ofRun;
  /** The step whose row was clicked. @type {number | undefined} */
  let chosen;
  const inspect = openInspect(/** @type {HTMLElement} */ (element.querySelector("#inspect")));

  function draw() {
    for (const heading of headings)
      heading.ariaSort = heading.dataset.sort === order.by ? (order.descending ? "descending" : "ascending") : "none";
    const found = choose(samples, filter.value, order);
    count.textContent = found.length > most ? `${most} of ${found.length}` : `${found.length}`;
    inspect(ofRun, chosen ?? found.find(({ step }) => step > 0)?.step);
    body.replaceChildren(
      ...found.slice(0, most).map(({ step, prompt, response, score, parts }) => {
        const row = document.createElement("tr");
        row.addEventListener("click", () => {
          if (step > 0) chosen = step;
          inspect(ofRun, chosen);
        });
        for (const text of [`${step}`, formatNumber(score), prompt, response]) row.insertCell().textContent = text;
        if (parts !== "") {
          const told = document.createElement("small");
          told.textContent = parts;
          /** @type {HTMLTableCellElement} */ (row.cells[1]).append(told);
        }
        return row;
      }),
    );
  }
  filter.addEventListener("input", draw);
  for (const heading of headings)
    heading.addEventListener("click", () => {
      const by = /** @type {import("./sample-rows.js").Order["by"]} */ (heading.dataset.sort);
      order = { by, descending: order.by === by ? !order.descending : true };
      draw();
    });

  return {
    /** Of which run samples are wanted. @returns {string} */
    chosen: () => run.value,
    /** Of which prompts: those of training, or those held out. @returns {"samples" | "evaluation-samples"} */
    kind: () => kind.value,
    /** @param {() => void} choose */
    onChoose(choose) {
      for (const one of [run, kind]) one.addEventListener("change", choose);
    },
    focusFilter: () => filter.focus(),
    /** @param {readonly string[]} names */
    offer(names) {
      if (JSON.stringify([...run.options].map(({ value }) => value)) === JSON.stringify(names)) return;
      const before = run.value;
      run.replaceChildren(...names.map((name) => new Option(name, name)));
      if (names.includes(before)) run.value = before;
    },
    /** @param {readonly import("./sample-rows.js").Sample[]} all @param {import("./runs-list.js").Run | undefined} run whose they are */
    show(all, run) {
      samples = all;
      if (run?.name !== ofRun?.name) chosen = undefined;
      ofRun = run;
      draw();
    },
  };
}

/** Tells the command that opens a sample's step again; that needs the model, which this page has not. @param {HTMLElement} element */
function openInspect(element) {
  const [told, code, copy] = ["span", "code", "button"].map((tag) => /** @type {HTMLElement} */ (element.querySelector(tag)));
  copy?.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code?.textContent ?? "");
    copy.textContent = "copied";
  });
  return (/** @type {import("./runs-list.js").Run | undefined} */ run, /** @type {number | undefined} */ step) => {
    const command = run && step !== undefined ? inspectCommand(run, step) : undefined;
    element.hidden = command === undefined;
    if (command === undefined || told === undefined || code === undefined || copy === undefined) return;
    told.textContent = `step ${step} again, token by token:`;
    code.textContent = command;
    copy.textContent = "copy";
  };
}
