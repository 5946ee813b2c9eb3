// @ts-check
import { curvesOf } from "./curves.js";
import { formatNumber } from "./format-number.js";
import { thin } from "./thin.js";
import uPlot from "./uplot.js";

/** Of a curve: twice as many as a panel is wide. */
const mostPoints = 800;
/** Held-out numbers come once in many steps. */
const fewPoints = 12;

/** @typedef {{ name: string, color: string, data: import("./run-data.js").RunData }} ShownRun */
/** @typedef {{ axis: "steps" | "seconds", smoothing: number, log: boolean }} How */

/**
 * A chart of one number. It draws while it is on the screen, and otherwise when it comes there.
 *
 * @param {import("./panels.js").Panel} panel
 * @param {{ zoom(range: [number, number] | undefined): void, queue: ReturnType<typeof import("./draw-queue.js").openDrawQueue> }} shared `zoom` is
 *   told what is zoomed into
 */
export function openPanel({ title, metric, unit, about }, shared) {
  const element = document.createElement("article");
  element.className = "panel";
  element.dataset.metric = metric;
  const heading = append(element, "h3", title);
  if (unit) append(heading, "span", ` ${unit}`).className = "unit";
  if (about) append(heading, "span", "?").className = "about";
  heading.title = about;
  const readout = append(element, "div", "");
  readout.className = "readout";
  const canvas = append(element, "div", "");
  /** @type {uPlot | undefined} */
  let plot;
  /** @type {{ runs: readonly ShownRun[], how: How, zoomed: [number, number] | undefined } | undefined} */
  let wanted;
  let drawn = "";
  let [isSeen, isStale] = [false, false];

  const observer = new IntersectionObserver(([entry]) => {
    isSeen = entry?.isIntersecting ?? false;
    if (isSeen && isStale) shared.queue.add(draw);
  });
  observer.observe(element);
  const resizing = new ResizeObserver(() => plot?.setSize({ width: canvas.clientWidth, height: 180 }));
  resizing.observe(canvas);

  function draw() {
    isStale = false;
    if (wanted === undefined) return;
    const { runs, how, zoomed } = wanted;
    const tables = curvesOf(
      runs.map(({ data }) => data),
      metric,
      how,
    ).map((table) => thin(table, mostPoints, zoomed));
    const data = /** @type {uPlot.AlignedData} */ (tables.length === 1 ? tables[0] : uPlot.join(/** @type {any} */ (tables)));
    const looks = JSON.stringify([how, runs.map(({ name, color }) => [name, color]), document.documentElement.dataset.theme]);
    if (plot === undefined || looks !== drawn) {
      plot?.destroy();
      plot = new uPlot(optionsOf(runs, how), data, canvas);
      drawn = looks;
      if (zoomed) plot.setScale("x", { min: zoomed[0], max: zoomed[1] });
    } else if (zoomed) {
      plot.setData(data, false);
      plot.setScale("x", { min: zoomed[0], max: zoomed[1] });
    } else plot.setData(data);
    readAt(undefined);
  }

  /** Shows the values at a place of the axis; at the end where there is none. @param {number | null | undefined} index */
  function readAt(index) {
    if (plot === undefined || wanted === undefined) return;
    const { data } = plot;
    const at = (/** @type {ArrayLike<number | null | undefined>} */ column) => {
      for (let i = index ?? column.length - 1; i >= 0; i--) if (column[i] !== null && column[i] !== undefined) return column[i];
      return undefined;
    };
    readout.replaceChildren(
      ...wanted.runs.map(({ name, color }, run) => {
        const item = document.createElement("span");
        item.title = name;
        const dot = append(item, "i", "");
        dot.className = "dot";
        dot.style.background = color;
        item.append(formatNumber(at(data[2 * run + 2] ?? [])));
        return item;
      }),
      ...(index === undefined || index === null ? [] : [`${wanted.how.axis === "steps" ? "step" : "s"} ${formatNumber(data[0]?.[index])}`]),
    );
  }

  /** @param {readonly ShownRun[]} runs @param {How} how @returns {uPlot.Options} */
  function optionsOf(runs, { smoothing, log }) {
    const style = getComputedStyle(document.documentElement);
    const [faint, line] = ["--faint", "--line"].map((name) => style.getPropertyValue(name).trim());
    const axis = {
      stroke: faint ?? "",
      grid: { stroke: line ?? "", width: 1 },
      ticks: { stroke: line ?? "", width: 1 },
      font: "11px system-ui",
    };
    const curves = runs.flatMap(({ color }) => [
      { stroke: `${color}44`, width: 1, show: smoothing > 0, points: { show: false }, spanGaps: true },
      { stroke: color, width: 1.75, points: { size: 5, fill: color, show: isSparse }, spanGaps: true },
    ]);
    return {
      width: canvas.clientWidth || 340,
      height: 180,
      legend: { show: false },
      cursor: { sync: { key: "runs" }, drag: { x: true, y: false }, points: { size: 6 } },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : formatNumber(tick))) },
      ],
      series: [{}, ...curves],
      hooks: {
        setCursor: [({ cursor }) => readAt(cursor.idx)],
        setSelect: [
          (self) => {
            const [from, to] = [self.select.left, self.select.left + self.select.width].map((place) => self.posToVal(place, "x"));
            if (self.select.width > 0) shared.zoom([from ?? 0, to ?? 0]);
          },
        ],
        ready: [(self) => self.over.addEventListener("dblclick", () => shared.zoom(undefined))],
      },
    };
  }

  return {
    element,
    /** @param {readonly ShownRun[]} runs that have the metric @param {How} how @param {[number, number] | undefined} zoomed */
    show(runs, how, zoomed) {
      wanted = { runs, how, zoomed };
      isStale = true;
      if (isSeen) shared.queue.add(draw);
    },
    close() {
      shared.queue.remove(draw);
      observer.disconnect();
      resizing.disconnect();
      plot?.destroy();
    },
  };
}

/** Whether a curve is seen by its points alone. @param {uPlot} plot @param {number} series */
function isSparse(plot, series) {
  let points = 0;
  for (const value of plot.data[series] ?? []) if (value !== null && value !== undefined && ++points > fewPoints) return false;
  return true;
}

/** @param {Element} parent @param {string} tag @param {string} text */
function append(parent, tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}
