import { afterAll, expect, test } from "vitest";
import { tally } from "../setup/tally.mjs";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

/** Of all targets together, and another seed each day, which the summary tells. */
const inputs = Number(process.env.CAI_FUZZ_INPUTS ?? 1_000_000);
const seed = Number(process.env.CAI_FUZZ_SEED ?? Math.floor(Date.now() / 86_400_000));

const shares = targets.reduce((sum, { share }) => sum + share, 0);
const lines: string[] = [];
let total = 0;

test.each(targets)("$name", { timeout: 3_600_000 }, async (target) => {
  const count = Math.ceil((inputs * target.share) / shares);
  const began = performance.now();
  const { inputs: read, refused } = await fuzz(target, { count, seed });
  const seconds = (performance.now() - began) / 1000;
  total += read;
  lines.push(
    `${target.name.padEnd(22)} ${String(read).padStart(8)} inputs, ${String(refused).padStart(8)} refused ${seconds.toFixed(1).padStart(7)} s`,
  );
  expect(read).toBe(count);
});

afterAll(() => {
  tally({ what: "inputs fuzzed", of: `${targets.length} readers`, count: total });
  process.stdout.write(`${[...lines, `${"fuzzed".padEnd(22)} ${String(total).padStart(8)} inputs, seed ${seed}`].join("\n")}\n`);
});
