import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json as readJson } from "node:stream/consumers";
import { listWorkers } from "@cai/distributed";
import { type RedisServer, startRedis, temporaryFolder, tinyGpt2, whyNoRedis } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";
import { startRoles, type WorkerFlags } from "./start-roles.ts";

const constitution = {
  name: "small",
  principles: [
    {
      name: "calm",
      critiqueRequest: "Where is it angry?",
      revisionRequest: "Write it calmly.",
      comparisonQuestion: "Which is calmer?",
      positivePersona: "the sea",
      negativePersona: "12 1909",
    },
  ],
};

/** A server that chooses A with 0.7. */
async function startEndpoint() {
  let asked = 0;
  const server = createServer(async (request, response) => {
    await readJson(request);
    asked += 1;
    const top = [0.7, 0.3].map((share, place) => ({ token: "AB"[place], logprob: Math.log(share) }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { content: "A" }, logprobs: { content: [{ top_logprobs: top }] } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked };
}

describe.skipIf(whyNoRedis)(`questions answered by workers${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
  let server: RedisServer;
  let folder: string;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  /** A worker of this process. */
  async function work(flags: WorkerFlags): Promise<void> {
    const ends: { dispose?(): unknown }[] = [];
    onTestFinished(async () => {
      for (const end of ends.reverse()) await end.dispose?.();
    });
    await startRoles(flags, ["label"], {
      redis: server.url,
      onFault: () => {},
      onPresence: () => {},
      own(part) {
        ends.push(part);
        return part;
      },
    });
  }

  /** Runs a command on the same prompts twice, here in slices of two and on the workers, and gives the bytes of both. */
  async function hereAndThere(command: "prefer" | "revise", ...more: string[]) {
    folder = await temporaryFolder();
    await writeFile(join(folder, "prompts.txt"), "the old house\na letter\nsomebody came\n");
    await writeFile(join(folder, "small.json"), JSON.stringify(constitution));
    const named = { "--policy": tinyGpt2, "--constitution": join(folder, "small.json"), "--prompts": join(folder, "prompts.txt") };
    const sizes = ["--max-new-tokens", "3", "--batch-size", "3", "--rows-per-job", "2", "--seed", "7", "--json"];
    const make = async (out: string, ...where: string[]) => {
      await runCommand(command, ...Object.entries(named).flat(), ...sizes, ...more, ...where, "--out", join(folder, `${out}.jsonl`));
      const rows = command === "prefer" ? [`${out}.jsonl`, `${out}.labelled.jsonl`] : [`${out}.jsonl`];
      return rows.map((name) => readFileSync(join(folder, name), "utf8"));
    };
    const both = { here: await make("here"), there: await make("there", "--workers", server.url) };
    expect((await listWorkers(server.url))[0]!.jobsDone).toBeGreaterThan(0);
    return both;
  }

  test.each(["choice", "likelihood-ratio", "votes"])("cai prefer --labeller %s: the files of one machine", async (labeller) => {
    await work({ policy: tinyGpt2, format: "continuation" });
    const { here, there } = await hereAndThere("prefer", "--format", "continuation", "--labeller", labeller);
    expect(there).toEqual(here);
    expect(here[1]!.trim().split("\n")).toHaveLength(3);
  });

  test("cai prefer with a judge beside the policy: it alone is asked elsewhere", async () => {
    await work({ feedback: "demo" });
    const { here, there } = await hereAndThere("prefer", "--feedback", "demo", "--labeller", "choice");
    expect(there).toEqual(here);
  });

  test("cai revise: critiques and revisions of one machine", async () => {
    await work({ policy: tinyGpt2, format: "continuation" });
    const { here, there } = await hereAndThere("revise", "--format", "continuation");
    expect(there).toEqual(here);
  });

  test("cai pipeline: the preferences of one machine", async () => {
    await work({ feedback: tinyGpt2 });
    const root = await temporaryFolder();
    const config = {
      ...{ policy: "demo", feedback: tinyGpt2, constitution: "./small.json", prompts: "./prompts.txt", heldOutPrompts: "./held-out.txt" },
      ...{ judge: "./judge.mjs", format: "continuation", maxNewTokens: 3, batchSize: 2, revise: false, sft: false },
      prefer: { labeller: "likelihood-ratio", heldOutShare: 0, calibrationPairs: 0 },
      ...{ rl: "dpo", dpo: { epochs: 1, batchSize: 1 }, evaluation: { draws: 1, bestOf: 2 } },
    };
    await writeFile(join(root, "config.json"), JSON.stringify(config));
    await writeFile(join(root, "small.json"), JSON.stringify(constitution));
    await writeFile(join(root, "judge.mjs"), "export default ({ responses }) => responses.map((text) => text.length);\n");
    for (const name of ["prompts", "held-out"]) await writeFile(join(root, `${name}.txt`), `${name} by the sea\nsomebody came\n`);
    const make = async (out: string, ...where: string[]) => {
      const argv = ["--config", join(root, "config.json"), "--out", join(root, out), "--rows-per-job", "3", "--json", ...where];
      await runCommand("pipeline", ...argv);
      return readFileSync(join(root, out, "prefer/preferences.labelled.jsonl"), "utf8");
    };
    expect(await make("there", "--workers", server.url)).toBe(await make("here"));
    expect((await listWorkers(server.url))[0]!.jobsDone).toBeGreaterThan(0);
  });

  test("an endpoint is asked by the workers", async () => {
    const { address, asked } = await startEndpoint();
    await work({ feedback: address, feedbackModel: "judge", feedbackOptions: '{"retries": 1}' });
    const { here, there } = await hereAndThere("prefer", "--feedback", address, "--feedback-model", "judge", "--labeller", "choice");
    expect(there).toEqual(here);
    expect(asked()).toBe(12); // of three pairs both orders, here and there
  });
});
