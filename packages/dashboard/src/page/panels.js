// @ts-check
/** What is drawn of a run's numbers, in which order, and what a curve tells. */

/** @typedef {{ title: string, metric: string, unit?: string, about: string }} Panel */
/** @typedef {{ heading: string, panels: readonly Panel[] }} Group */

/** @type {readonly Group[]} */
const known = [
  {
    heading: "What is learned",
    panels: [
      {
        title: "Reward",
        metric: "objective/scores",
        about: "Mean score of a step's responses. It should rise; what each prompt gets scatters.",
      },
      { title: "Held-out reward", metric: "eval/scores", about: "Mean score of answers to prompts that training never sees." },
      { title: "Held-out KL", metric: "eval/kl_per_token", unit: "nats a token", about: "KL to the reference on those answers." },
      { title: "Loss", metric: "loss", unit: "nats", about: "What the optimizer lowers." },
      {
        title: "Held-out loss",
        metric: "eval/loss",
        unit: "nats",
        about: "The loss on rows that training never sees. It rising while the loss falls is learning by heart.",
      },
      { title: "Accuracy", metric: "accuracy", about: "Share of pairs whose better answer is scored higher. 0.5 is guessing." },
      { title: "Held-out accuracy", metric: "eval/accuracy", about: "The same on pairs that training never sees." },
      {
        title: "Pairs told right",
        metric: "rewards/accuracies",
        about: "Share of pairs whose chosen answer gained more than the rejected one. 0.5 is where it begins.",
      },
      { title: "Margin", metric: "rewards/margins", about: "By how much the chosen answers gained more than the rejected ones, times β." },
      {
        title: "KL to the reference",
        metric: "objective/kl_per_token",
        unit: "nats a token",
        about:
          "How far the policy is from where it began, by what it sampled. Being an estimate it may be below 0; it is 0 in the first step.",
      },
      { title: "KL coefficient", metric: "objective/kl_coef", about: "What a nat of KL costs. A controller moves it towards its target." },
      {
        title: "Entropy of a response",
        metric: "objective/entropy",
        unit: "nats",
        about: "Minus the log-probability of what was sampled. Near 0 the policy says one thing only.",
      },
      {
        title: "Spread of the scores",
        metric: "objective/scores_std",
        about: "Standard deviation in a step. Without any there is nothing to learn from.",
      },
    ],
  },
  {
    heading: "How it is learned",
    panels: [
      {
        title: "Policy loss",
        metric: "policy/loss",
        about: "Near 0 in the first epoch of a step: advantages have mean 0 and the ratio is 1 there.",
      },
      { title: "Value loss", metric: "val/loss", about: "Half the squared error of the foretold returns." },
      {
        title: "Explained variance",
        metric: "val/explained_variance",
        about: "Of the returns by the value head: 1 is all, 0 no better than their mean.",
      },
      {
        title: "Clip fraction",
        metric: "policy/clipfrac",
        about: "Share of tokens whose ratio left the clip range. 0 means small updates, above 0.3 large ones.",
      },
      { title: "Approximate KL of a step", metric: "policy/approxkl", unit: "nats", about: "How far a step's updates moved the policy." },
      {
        title: "Ratio",
        metric: "policy/ratio",
        about: "Mean probability of the tokens after against before the updates; 1 before the first.",
      },
      { title: "Gradient norm", metric: "grad_norm", about: "Before clipping." },
      { title: "Learning rate", metric: "lr", about: "By the schedule." },
    ],
  },
  {
    heading: "Responses",
    panels: [
      { title: "Response length", metric: "tokens/response_mean", unit: "tokens", about: "Mean of a step." },
      {
        title: "Ended by themselves",
        metric: "tokens/eos_fraction",
        about: "Share of responses with an end token; the others were cut at the limit.",
      },
    ],
  },
  {
    heading: "Time",
    panels: [
      { title: "Speed", metric: "tokens_per_second", unit: "tokens/s", about: "Tokens of a step, generated or trained on, by its time." },
      { title: "Step", metric: "time/total", unit: "s", about: "Time of a whole step." },
      { title: "Generation", metric: "time/generate", unit: "s", about: "Writing the responses." },
      { title: "Scoring", metric: "time/score", unit: "s", about: "The reward." },
      { title: "Reference", metric: "time/reference", unit: "s", about: "Its log-probabilities." },
      { title: "Training", metric: "time/train", unit: "s", about: "Forward, backward and update, all epochs." },
    ],
  },
];

/** With a curve of their own, or of no use as one. */
const listed = new Set(["time/unix", ...known.flatMap(({ panels }) => panels.map(({ metric }) => metric))]);

/**
 * The panels for these metrics; what is not known by name comes last, under its own name.
 *
 * @param {Iterable<string>} metrics
 * @returns {Group[]}
 */
export function panelsFor(metrics) {
  const there = new Set(metrics);
  const groups = known.map(({ heading, panels }) => ({ heading, panels: panels.filter(({ metric }) => there.has(metric)) }));
  const unlisted = [...there].filter((metric) => !listed.has(metric)).sort();
  const parts = { heading: "Parts of the score", panels: unlisted.flatMap(partPanel) };
  const others = unlisted.filter((metric) => partPanel(metric).length === 0);
  const rest = { heading: "Others", panels: others.map((metric) => ({ title: metric, metric, about: "" })) };
  return [...groups, parts, rest].filter(({ panels }) => panels.length > 0);
}

/** What a reward names of its scores. @param {string} metric @returns {Panel[]} */
function partPanel(metric) {
  const [, heldOut, name, what] = /^(eval\/)?rewards\/(.+)\/(mean|std)$/.exec(metric) ?? [];
  if (name === undefined) return [];
  const title = `${heldOut ? "Held-out " : ""}${name}${what === "std" ? ", spread" : ""}`;
  return [{ title, metric, about: what === "std" ? "Standard deviation of this part." : "Mean of this part of the scores." }];
}
