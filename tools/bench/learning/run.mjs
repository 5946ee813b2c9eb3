// Does PPO learn? Runs the demo once a seed and writes the table of results beside this file:
// node tools/bench/learning/run.mjs [--rollout onnx-int8] [seed …]
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { rollout: { type: "string", default: "policy" } } });
const { rollout } = values;
const seeds = positionals.length > 0 ? positionals.map(Number) : [1, 2, 3, 4, 5];
const folder = `${root}runs/learning-${Date.now()}`;
mkdirSync(folder, { recursive: true });

const results = seeds.map((seed) => {
  const out = `${folder}/seed-${seed}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${root}packages/cli/bin/cai.mjs`, "demo", "--seed", `${seed}`, "--out", out, "--rollout", rollout],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`seed ${seed} failed with exit code ${status}:\n${stderr}`);
  const result = JSON.parse(stdout.trim().split("\n").at(-1));
  const gain = (result.rewardAfter - result.rewardBefore) / result.rewardStdBefore;
  const learned = gain >= 1 && result.klPerToken < 0.5;
  console.log(
    `seed ${seed}: ${gain.toFixed(2)} deviations, KL ${result.klPerToken.toFixed(3)} a token, ${result.trainSeconds.toFixed(0)} s, ${learned ? "learned" : "did not learn"}`,
  );
  return { seed, gain, learned, ...result };
});

const learned = results.filter((result) => result.learned).length;
const rows = results.map(
  ({ seed, steps, rewardBefore, rewardStdBefore, rewardAfter, gain, klPerToken, trainSeconds, learned }) =>
    `| ${seed} | ${steps} | ${rewardBefore.toFixed(3)} ± ${rewardStdBefore.toFixed(3)} | ${rewardAfter.toFixed(3)} | ${gain.toFixed(2)} | ${klPerToken.toFixed(3)} | ${trainSeconds.toFixed(0)} | ${learned ? "yes" : "no"} |`,
);
writeFileSync(
  new URL(rollout === "policy" ? "demo.md" : `${rollout}.md`, import.meta.url),
  `# Does it learn${rollout === "policy" ? "" : `, with responses from ${rollout}`}?

The demo's task with several seeds: the embedded policy, trained by PPO against the embedded reward, and judged on held-out prompts with the
same random numbers before and after. A seed has learned when the mean reward rose by at least one standard deviation of the untrained
policy's, with a KL to the reference below 0.5 nats a response token.

| seed | steps | reward before (± deviation) | after | gain in deviations | KL a token | training seconds | learned |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}

**${learned} of ${results.length} seeds learned.** Backend: ${results[0].backend}. Made by \`node tools/bench/learning/run.mjs${rollout === "policy" ? "" : ` --rollout ${rollout}`}\`.
`,
);
process.exitCode = learned >= Math.ceil(0.8 * results.length) ? 0 : 1;
