// @ts-check
import { openDrawQueue } from "./draw-queue.js";
import { openPanel } from "./panel.js";
import { panelsFor } from "./panels.js";

/**
 * All panels of the runs that are shown, in groups. They zoom together.
 *
 * @param {HTMLElement} element
 * @param {{ onZoom(isZoomed: boolean): void }} told
 */
export function openCharts(element, { onZoom }) {
  /** @type {Map<string, ReturnType<typeof openPanel>>} */
  let open = new Map();
  let laidOut = "";
  const queue = openDrawQueue({ frame: requestAnimationFrame });
  /** @type {[number, number] | undefined} */
  let zoomed;
  /** @type {{ runs: readonly import("./panel.js").ShownRun[], how: import("./panel.js").How }} */
  let shown = { runs: [], how: { axis: "steps", smoothing: 0, log: false } };

  /** @param {[number, number] | undefined} range */
  function zoom(range) {
    zoomed = range;
    onZoom(range !== undefined);
    update();
  }

  /** @param {import("./panels.js").Group[]} groups */
  function layOut(groups) {
    for (const panel of open.values()) panel.close();
    const panels = groups.flatMap(({ panels }) => panels);
    open = new Map(panels.map((panel) => [panel.metric, openPanel(panel, { zoom, queue })]));
    element.replaceChildren(
      ...groups.flatMap(({ heading, panels }) => {
        const title = document.createElement("h2");
        title.textContent = heading;
        const grid = document.createElement("div");
        grid.className = "panels";
        for (const { metric } of panels) grid.append(/** @type {NonNullable<ReturnType<typeof open.get>>} */ (open.get(metric)).element);
        return [title, grid];
      }),
    );
  }

  function update() {
    const groups = panelsFor(shown.runs.flatMap(({ data }) => [...data.columns.keys()]));
    const layout = JSON.stringify(groups.map(({ panels }) => panels.map(({ metric }) => metric)));
    if (layout !== laidOut) layOut(groups);
    laidOut = layout;
    for (const [metric, panel] of open) {
      const having = shown.runs.filter(({ data }) => data.columns.has(metric));
      panel.show(having, shown.how, zoomed);
    }
  }

  return {
    /** @param {readonly import("./panel.js").ShownRun[]} runs @param {import("./panel.js").How} how */
    show(runs, how) {
      if (how.axis !== shown.how.axis) {
        zoomed = undefined;
        onZoom(false);
      }
      shown = { runs, how };
      update();
    },
    zoomOut: () => zoom(undefined),
  };
}
