import { mkdtemp, realpath, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tally } from "../setup/tally.mjs";
import { writeConfigurations } from "./configurations.ts";
import { readRunRecord } from "./run-record.ts";
import { runCai } from "./start-cai.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const folder = await realpath(await mkdtemp(join(tmpdir(), "cai-signals-")));
const configurations = (await writeConfigurations(folder)).filter(({ name }) => /adaptive|int8|grpo|dpo|sft/.test(name));
let sent = 0;

afterAll(async () => {
  await rm(folder, { recursive: true });
  tally({ what: "faults injected", of: "signals to stop a run", count: sent });
});

test.skipIf(process.platform === "win32").concurrent.each(configurations)(
  "$name: each signal ends it with 128 + n after a checkpoint, and it goes on to the same bytes",
  { timeout: 1_800_000 },
  async ({ name, argv }) => {
    const [whole, out] = [join(folder, `whole ${name}`), join(folder, name)];
    expect(await runCai(argv, { out: whole })).toMatchObject({ end: 0 });
    for (const [index, signal] of signals.entries()) {
      const moment = { kind: "step", steps: 1, milliseconds: 0 } as const;
      const { end, stderr } = await runCai(index === 0 ? argv : [...argv, "--resume"], { out, stop: { signal, moment } });
      expect([signal, end, stderr]).toEqual([
        signal,
        128 + constants.signals[signal],
        expect.stringMatching(/Interrupted after \d+ steps?: .*--resume/),
      ]);
      sent += 1;
    }
    expect(await runCai([...argv, "--resume"], { out })).toMatchObject({ end: 0 });
    expect(readRunRecord(out)).toEqual(readRunRecord(whole));
  },
);
