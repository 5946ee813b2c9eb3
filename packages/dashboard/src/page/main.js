// @ts-check
import { openCharts } from "./charts.js";
import { follow } from "./follow.js";
import { addLines, emptyRun } from "./run-data.js";
import { openRunsList } from "./runs-list.js";
import { readSamples } from "./sample-rows.js";
import { openSamples } from "./samples.js";
import { openTheme } from "./theme.js";
import { readView, writeView } from "./view.js";

const colors = ["#3b82f6", "#f97316", "#10b981", "#e11d48", "#8b5cf6", "#06b6d4", "#ca8a04", "#ec4899", "#65a30d", "#64748b"];
const shownAtFirst = 4;
const every = 1000;

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

let view = readView(location.hash);
/** @type {readonly import("./runs-list.js").Run[]} */
let runs = [];
/** Numbers and samples of the runs that were shown so far. @type {Map<string, ReturnType<typeof openRun>>} */
const opened = new Map();

const charts = openCharts(element("charts"), {
  onZoom(isZoomed) {
    element("zoom-out").hidden = !isZoomed;
  },
});
const samples = openSamples(element("samples"));
const list = openRunsList(element("runs"), element("run-filter"), (name, isShown) => {
  const others = shownRuns().filter((one) => one !== name);
  change({ runs: isShown ? [...others, name] : others });
  void refresh();
});

const theme = openTheme(element("theme"), drawCharts);

/** @param {string} name */
function openRun(name) {
  let data = emptyRun();
  const metrics = follow("metrics", name, {
    restart() {
      data = emptyRun();
    },
    add: (text) => addLines(data, text),
  });
  return {
    metrics,
    data: () => data,
    samples: followTexts("samples", name),
    "evaluation-samples": followTexts("evaluation-samples", name),
  };
}

/** @param {"samples" | "evaluation-samples"} file @param {string} name */
function followTexts(file, name) {
  /** @type {import("./sample-rows.js").Sample[]} */
  let texts = [];
  const followed = follow(file, name, {
    restart() {
      texts = [];
    },
    add(text) {
      texts = [...texts, ...readSamples(text)];
    },
  });
  return { ...followed, texts: () => texts };
}

/** @param {string} name */
function runOf(name) {
  const run = opened.get(name) ?? openRun(name);
  opened.set(name, run);
  return run;
}

/** The newest ones, as long as nothing was chosen. */
function shownRuns() {
  const names = runs.map(({ name }) => name);
  if (view.runs !== undefined) return view.runs.filter((name) => names.includes(name));
  return [...runs]
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .slice(0, shownAtFirst)
    .map(({ name }) => name)
    .sort();
}

/** @param {string} name */
const colorOf = (name) => colors[runs.findIndex((run) => run.name === name) % colors.length] ?? "";

const tellEmpty = () => (runs.length === 0 ? "No run is here yet: one appears with its first step." : "");
/** @param {Error} error */
const tellFailure = (error) => `Not up to date: ${error.message}`;

/** Takes what is new from the server. */
async function refresh() {
  const answer = await fetch("/api/runs");
  if (!answer.ok) throw new Error(await answer.text());
  ({ runs } = await answer.json());
  const names = shownRuns();
  const news = await Promise.all(names.map((name) => runOf(name).metrics.catchUp()));
  list.show(runs, names, colorOf);
  samples.offer(names);
  if (news.includes(true)) drawCharts();
  if (view.tab === "samples") await refreshSamples();
}

/** @param {boolean} [isOther] another run's are shown so far */
async function refreshSamples(isOther = false) {
  const name = samples.chosen();
  if (name === "") return;
  const followed = runOf(name)[samples.kind()];
  if ((await followed.catchUp()) || isOther)
    samples.show(
      followed.texts(),
      runs.find((run) => run.name === name),
    );
}

function drawCharts() {
  const shown = shownRuns().map((name) => ({ name, color: colorOf(name), data: runOf(name).data() }));
  charts.show(
    shown.filter(({ data }) => data.steps.length > 0),
    { axis: view.axis, smoothing: view.smoothing, log: view.log },
  );
}

/** @param {Partial<import("./view.js").View>} by */
function change(by) {
  view = { ...view, ...by };
  history.replaceState(undefined, "", writeView(view));
  apply();
}

/** Makes the page what the view says. */
function apply() {
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const isOpen = /** @type {HTMLElement} */ (tab).dataset.tab === view.tab;
    tab.ariaSelected = `${isOpen}`;
    element(/** @type {string} */ (/** @type {HTMLElement} */ (tab).dataset.tab)).hidden = !isOpen;
  }
  element("smoothing").value = `${view.smoothing}`;
  element("smoothing-value").textContent = view.smoothing.toFixed(2);
  element("log").checked = view.log;
  element("axis").value = view.axis;
  list.show(runs, shownRuns(), colorOf);
  samples.offer(shownRuns());
  drawCharts();
}

/** @param {number} by */
const smoothBy = (by) => change({ smoothing: Math.round(Math.min(0.99, Math.max(0, view.smoothing + by)) * 100) / 100 });
const openTab = (/** @type {import("./view.js").View["tab"]} */ tab) => {
  change({ tab });
  if (tab === "samples") void refreshSamples(true);
};

/** @type {Readonly<Record<string, () => void>>} */
const keys = {
  1: () => openTab("charts"),
  2: () => openTab("samples"),
  "/": () => (view.tab === "samples" ? samples.focusFilter() : element("run-filter").focus()),
  "+": () => smoothBy(0.1),
  "-": () => smoothBy(-0.1),
  l: () => change({ log: !view.log }),
  x: () => change({ axis: view.axis === "steps" ? "seconds" : "steps" }),
  0: charts.zoomOut,
  t: theme.turn,
  "?": () => element("help").showModal(),
};

addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input[type=search], select");
  if (isTyping && event.key === "Escape") /** @type {HTMLElement} */ (event.target).blur();
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = keys[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
for (const tab of document.querySelectorAll("[data-tab]"))
  tab.addEventListener("click", () => openTab(/** @type {any} */ (/** @type {HTMLElement} */ (tab).dataset.tab)));
element("smoothing").addEventListener("input", () => change({ smoothing: Number(element("smoothing").value) }));
element("log").addEventListener("change", () => change({ log: element("log").checked }));
element("axis").addEventListener("change", () => change({ axis: element("axis").value }));
element("zoom-out").addEventListener("click", charts.zoomOut);
element("help-button").addEventListener("click", () => element("help").showModal());
element("run-filter").addEventListener("input", () => list.show(runs, shownRuns(), colorOf));
samples.onChoose(() => openTab("samples"));
addEventListener("hashchange", () => {
  view = readView(location.hash);
  apply();
});

apply();
for (;;) {
  if (!document.hidden) element("notice").textContent = await refresh().then(tellEmpty, tellFailure);
  await new Promise((passed) => setTimeout(passed, every));
}
