/** A step's numbers, as `metrics.jsonl` has them. */
type Metrics = Readonly<Record<string, number>>;

/** What people ask about a run's numbers: when it shows, and what to say then. */
interface Explanation {
  /** Steps in a row that have to show it. */
  readonly steps: number;
  readonly shows: (metrics: Metrics) => boolean;
  readonly text: string;
}

const explanations: readonly Explanation[] = [
  {
    steps: 1,
    shows: (metrics) => metrics["objective/kl_per_token"]! < 0,
    text: "kl/token is below 0: it is an estimate by what was sampled, so that is no error while it is small. If it stays and grows, look whether --temperature, --top-k or --top-p make the sampling another than the policy's own",
  },
  {
    steps: 3,
    shows: (metrics) => metrics["tokens/eos_fraction"] === 0,
    text: "no response has ended by itself in 3 steps: all are cut at --max-new-tokens. If the model knows an end, raise that, or set --missing-eos-penalty",
  },
  {
    steps: 10,
    shows: (metrics) => metrics["policy/clipfrac"] === 0 && metrics["policy/updates"]! > 1,
    text: "no token's ratio has left --clip-range in 10 steps: the updates are small. A higher --learning-rate, or more --epochs, would learn more of each step",
  },
];

/** Steps whose mean reward is held against that of as many before them. */
const half = 30;
const flat = `the reward has not risen in ${half} steps, against the ${half} before: look at the samples, at the spread of the scores (objective/scores_std), and try a higher --learning-rate or a lower --kl-coef`;

/** Explains a run's numbers as they come: gives what a step is the first to show, each once. */
export function stepExplainer(): (metrics: Metrics) => string[] {
  const rows = new Map(explanations.map((explanation) => [explanation, 0]));
  const rewards: number[] = [];
  let saidFlat = false;
  return (metrics) => {
    const found: string[] = [];
    for (const [explanation, before] of rows) {
      const now = explanation.shows(metrics) ? before + 1 : 0;
      rows.set(explanation, now);
      if (now < explanation.steps) continue;
      rows.delete(explanation);
      found.push(explanation.text);
    }
    const reward = metrics["objective/scores"];
    if (reward !== undefined) rewards.push(reward);
    if (!saidFlat && rewards.length >= 2 * half && !hasRisen(rewards)) {
      saidFlat = true;
      found.push(flat);
    }
    return found;
  };
}

/** Whether the last steps' mean lies above that of those before by more than its standard error. */
function hasRisen(rewards: readonly number[]): boolean {
  const [before, after] = [rewards.slice(-2 * half, -half), rewards.slice(-half)].map(momentsOf);
  return after!.mean - before!.mean > Math.sqrt((before!.variance + after!.variance) / half);
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}
