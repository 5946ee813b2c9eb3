import { expect, test } from "vitest";
import { auditRun, type LoggedSample } from "./audit-run.ts";

const steps = Array.from({ length: 24 }, (_, index) => index + 1);

/** A run whose KL grows by a third of a nat a step, as given otherwise. */
function run({
  numbers = {},
  answer = (step, row) => `answer number ${step} to question ${row} is this`,
}: {
  numbers?: Record<string, (step: number) => number>;
  answer?: (step: number, row: number) => string;
} = {}) {
  const logged = {
    "objective/scores": (step: number) => Math.sqrt(step / 3),
    "objective/scores_std": () => 1,
    "objective/kl": (step: number) => step / 3,
    "objective/kl_per_token": (step: number) => step / 60,
    "tokens/response_mean": () => 20,
    ...numbers,
  };
  const metrics = steps.map((step) => ({ step, values: Object.fromEntries(Object.entries(logged).map(([name, of]) => [name, of(step)])) }));
  const samples = steps.flatMap((step) =>
    [0, 1, 2, 3].map(
      (row): LoggedSample => ({ step, prompt: `question ${row}`, response: answer(step, row), score: Math.sqrt(step / 3) + row }),
    ),
  );
  return { metrics, samples };
}

const shown = (options: Parameters<typeof auditRun>[0]) =>
  auditRun(options)
    .signs.filter(({ shows }) => shows)
    .map(({ name }) => name);
const figureOf = (options: Parameters<typeof auditRun>[0], wanted: string) =>
  auditRun(options).signs.find(({ name }) => name === wanted)!.figure;
/** d = √KL of a step. */
const distance = ({ step }: { step: number }) => Math.sqrt(step / 3);

test("a run whose gold score rises with its proxy shows no sign", () => {
  const { metrics, samples } = run();
  expect(shown({ metrics, samples, gold: samples.map((sample) => 2 * sample.score) })).toEqual([]);
});

test("stretches are means over consecutive steps, and their distance is the root of the mean KL", () => {
  const { metrics, samples } = run();
  const { steps: count, stretches } = auditRun({ metrics, samples, gold: samples.map(() => 5) });
  expect([count, stretches.length]).toEqual([24, 12]);
  expect(stretches[1]).toMatchObject({
    firstStep: 3,
    lastStep: 4,
    distance: expect.closeTo(Math.sqrt(3.5 / 3), 12),
    samples: 8,
    gold: 5,
    spread: 1,
    length: 20,
  });
  expect(stretches[1]!.sampleProxy).toBeCloseTo((1 + Math.sqrt(4 / 3)) / 2 + 1.5, 12);
});

test("a gold score that turns down has its peak before the run's end, falls, and is outrun", () => {
  const { metrics, samples } = run();
  const gold = samples.map((sample) => 4 * distance(sample) - 2 * distance(sample) ** 2 + 0.1 * sample.score);
  const { proxyFit, goldFit } = auditRun({ metrics, samples, gold });
  expect(goldFit!.peak).toBeGreaterThan(0.8); // 1 + 1/40, but for the means over stretches
  expect(goldFit!.peak).toBeLessThan(1.2);
  expect(proxyFit!.peak ?? Infinity).toBeGreaterThan(Math.sqrt(8)); // the proxy still rises at the end
  expect(shown({ metrics, samples, gold })).toEqual(["gold-fell", "proxy-outruns-gold", "gold-peak-passed"]);
});

test.each<[string, Parameters<typeof run>[0], number]>([
  ["far-from-start", { numbers: { "objective/kl_per_token": (step) => step / 23.5 } }, 1],
  ["length-drift", { numbers: { "tokens/response_mean": (step) => 2 * step } }, 47 / 3],
  ["length-drift", { numbers: { "tokens/response_mean": (step) => 100 - 2 * step } }, 53 / 97],
  ["spread-collapse", { numbers: { "objective/scores_std": (step) => 1 / (step + 0.5) } }, 1 / 23.5 / 2 + 1 / 24.5 / 2],
  ["equal-groups", { numbers: { frac_reward_zero_std: (step) => step / 25 } }, 0.94],
  ["one-component", { numbers: { "rewards/a/mean": (step) => step, "rewards/b/mean": (step) => step / 19 } }, 0.95],
  ["loops", { answer: (step, row) => `${row} ${"yes ".repeat(step)}` }, 0],
])("%s shows", (name, how, figure) => {
  const options = run(how);
  expect(shown(options)).toContain(name);
  const found = figureOf(options, name)!;
  if (name === "spread-collapse") expect(found).toBeCloseTo(figure / ((1 / 1.5 + 1 / 2.5) / 2), 12);
  else if (name !== "loops") expect(found).toBeCloseTo(figure, 12);
  else expect(found).toBeGreaterThan(0.8); // of 22 or 23 runs two differ
});

test("answers that several prompts get, and that vary less", () => {
  const options = run({ answer: (step, row) => (step > 20 ? "I am so happy to help you" : `answer number ${step} to question ${row}`) });
  expect(shown(options)).toEqual(["same-answers", "less-variety"]);
  expect(figureOf(options, "same-answers")).toBe(1);
});

test("what was not logged has no figure and shows nothing", () => {
  const metrics = steps.map((step) => ({ step, values: { reward: step } }));
  const { signs, proxyFit, goldFit, stretches } = auditRun({ metrics, samples: [] });
  expect(signs.every(({ figure, shows }) => figure === null && !shows)).toBe(true);
  expect([proxyFit, goldFit, stretches[0]!.distance, stretches[0]!.gold]).toEqual([null, null, null, null]);
});

test("a run of one step has one stretch, and is JSON as it is", () => {
  const { metrics, samples } = run();
  const audit = auditRun({ metrics: metrics.slice(0, 1), samples: samples.slice(0, 4) });
  expect(audit.stretches).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(audit))).toEqual(audit);
});

test("gold scores that don't fit the samples are refused", () => {
  const { metrics, samples } = run();
  expect(() => auditRun({ metrics, samples, gold: [1] })).toThrow("gold has the length 1, samples 96");
  expect(() => auditRun({ metrics, samples: samples.slice(0, 1), gold: [Number.NaN] })).toThrow("gold holds NaN for sample 1");
  expect(() => auditRun({ metrics, samples, stretches: 1 })).toThrow("stretches is 1: pass a whole number from 2 on");
});
