import { readdirSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tally } from "../setup/tally.mjs";
import { writeConfigurations } from "./configurations.ts";
import { drawMoment, type Moment } from "./moment.ts";
import { isRest, readRunRecord } from "./run-record.ts";
import { runCai } from "./start-cai.ts";

/** At least so many in all, and other moments each day; the summary tells the seed. */
const least = Number(process.env.CAI_KILLS ?? 60);
const seed = Number(process.env.CAI_KILLS_SEED ?? Math.floor(Date.now() / 86_400_000));

const folder = await realpath(await mkdtemp(join(tmpdir(), "cai-kills-")));
const configurations = await writeConfigurations(folder);
/** Runs of each configuration; each is killed three times, the second and third time when it has gone on. */
const chains = Math.ceil(least / configurations.length / 3);
const counts = { "within a step or between steps": 0, "within a checkpoint": 0, "within final/": 0 };

afterAll(async () => {
  await rm(folder, { recursive: true });
  for (const [of, count] of Object.entries(counts)) tally({ what: "kills survived", of, count });
  process.stdout.write(`kills drawn by CAI_KILLS_SEED=${seed}\n`);
});

test.concurrent.each(configurations.map((configuration, index) => ({ ...configuration, index })))(
  "$name: killed anywhere, also again and again, it ends with the same bytes",
  { timeout: 1_800_000 },
  async ({ argv, leaves = [], index }) => {
    const whole = join(folder, `${index}-whole`);
    expect(await runCai(argv, { out: whole })).toEqual({ end: 0, stderr: expect.any(String) });
    const expected = readRunRecord(whole);
    expect(expected.rests).toEqual([]);
    expect(Object.keys(expected.digests)).toEqual(expect.arrayContaining([...leaves]));

    for (let chain = 0; chain < chains; chain++) {
      const out = join(folder, `${index}-${chain}`);
      const first: Moment["kind"][] = chain % 2 === 0 ? ["step", "checkpoint"] : ["checkpoint", "step"];
      const moments = [...first, "final" as const].map((kind, kill) => drawMoment(kind, { seed, counters: [index, chain, kill] }));
      const resumed = (kill: number) => (kill === 0 ? argv : [...argv, "--resume"]);
      for (const [kill, moment] of moments.entries()) {
        const { end, stderr } = await runCai(resumed(kill), { out, stop: { signal: "SIGKILL", moment } });
        expect(`${JSON.stringify(moment)}: ${end === 0 || end === "SIGKILL" ? "" : stderr}`).toBe(`${JSON.stringify(moment)}: `);
        if (end === "SIGKILL") counts[whereKilled(out)] += 1;
      }
      const last = await runCai([...argv, "--resume"], { out });
      expect({ moments, ...last }).toEqual({ moments, end: 0, stderr: expect.any(String) });
      expect({ moments, ...readRunRecord(out) }).toEqual({ moments, ...expected });
      await rm(out, { recursive: true });
    }
  },
);

test("so many kills as were asked for have come in time", () => {
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(Math.min(least, 50));
});

/** What the killed process was writing, told by what it left. */
function whereKilled(out: string): keyof typeof counts {
  const rests = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((path) => isRest(path) && !path.startsWith("run.lock"));
  if (rests.some((path) => path.startsWith("checkpoints"))) return "within a checkpoint";
  return rests.some((path) => path.startsWith("final")) ? "within final/" : "within a step or between steps";
}
