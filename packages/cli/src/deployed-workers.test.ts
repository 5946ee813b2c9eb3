import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type RedisServer, repositoryPath, startRedis, whyNoRedis, whyNoTls } from "@cai/testing";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { createProgram } from "./program.ts";
import { cai, policy, root, start, train } from "./start-cli.fixture.ts";

// docs/examples/distributed, as far as it can be run without Docker and Kubernetes.
const textOf = (file: string) => readFileSync(repositoryPath(`docs/examples/distributed/${file}`), "utf8");

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly args: string[]; readonly readinessProbe: { readonly exec: { readonly command: string[] } } },
        ];
      };
    };
  };
}
interface Compose {
  readonly services: { readonly worker: { readonly command: string[]; readonly healthcheck: { readonly test: string[] } } };
}

const [pod] = (parse(textOf("kubernetes.yaml")) as Deployment).spec.template.spec.containers;
const { worker: composed } = (parse(textOf("docker-compose.yml")) as Compose).services;
const probe = pod.readinessProbe.exec.command;

/** What of a command line `cai` does not know. */
function unknownOf(argv: readonly string[], command: Command = createProgram()): readonly string[] {
  const inner = command.commands.find((one) => one.name() === argv[0]);
  return inner === undefined ? command.parseOptions([...argv]).unknown : unknownOf(argv.slice(1), inner);
}

test("the files start commands that there are, with flags that they have", () => {
  const [, entry] = /^ENTRYPOINT (.*)$/m.exec(textOf("Dockerfile"))!;
  const [program, ...first] = JSON.parse(entry!) as string[];
  expect(program).toBe("cai");
  for (const argv of [pod.args, composed.command]) expect(unknownOf([...first, ...argv])).toEqual([]);
  const [, install] = /&& cai (backend install .*)$/m.exec(textOf("Dockerfile"))!;
  expect(unknownOf(install!.split(" "))).toEqual([]);
  expect(readFileSync(repositoryPath("docs/distributed.md"), "utf8")).toContain(rights);
  expect(unknownOf(["worker", "--none"])).toEqual(["--none"]);
  expect(composed.healthcheck.test).toEqual(["CMD-SHELL", probe.at(-1)]); // so the test below is of both
});

/** Of a user who reaches cai's keys and no command that governs Redis, as docs/distributed.md has them. */
const rights = "~cai:* &* +@all -@admin -@dangerous +info";

const without = whyNoTls ? `, without TLS (${whyNoTls})` : " over TLS";
describe.skipIf(whyNoRedis)(`with a Redis${whyNoRedis ? ` (${whyNoRedis})` : without}`, () => {
  let server: RedisServer;
  let url: string;
  const before = ["NODE_EXTRA_CA_CERTS", "CAI_REDIS", "CAI_WEIGHTS_TOKEN"].map((name) => [name, process.env[name]] as const);
  beforeAll(async () => {
    server = await startRedis({ password: "s3cret", tls: !whyNoTls, user: `worker on >own-s3cret ${rights}` });
    if (server.certificate) process.env.NODE_EXTRA_CA_CERTS = server.certificate; // for the processes that are started here
    url = server.url.replace(":s3cret", "worker:own-s3cret");
    process.env.CAI_REDIS = url;
    process.env.CAI_WEIGHTS_TOKEN = "t0ken";
  });
  afterAll(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await server.stop();
  });

  test("a worker that is started as the manifest says draws for a run with weights from cai weights-store, and the probe finds it while it lives", {
    timeout: 120_000,
  }, async () => {
    const ready = join(root, "ready");
    const [command, ...argv] = probe.map((word) => word.replaceAll("/tmp/ready", ready));
    const isReady = () => spawnSync(command!, argv).status === 0;
    expect(isReady()).toBe(false);
    const begin = async (...argv: string[]) => {
      const process = start(...argv);
      onTestFinished(async () => {
        process.child.kill("SIGKILL");
        await process.exit;
      });
      const [line] = (await Promise.race([once(process.child.stdout!, "data"), process.exit.then(() => ["{}"])])) as [Buffer | string];
      return { ...process, told: JSON.parse(line.toString()) as { readonly url?: string } };
    };
    const as = pod.args.map((word) => word.replace("/tmp/ready", ready).replace("/models/policy", policy));
    const store = await begin("weights-store", "--dir", "weights", "--port", "0", "--json");
    const way = ["--weights-address", store.told.url!];
    const worker = await begin("worker", ...as, ...way);
    expect(isReady()).toBe(true);

    const folder = join(root, "weights");
    const began = statSync(folder).mtimeMs;
    expect(await cai(...train("drawn", "--steps", "1", "--workers", url, ...way))).toMatchObject({ exit: 0 });
    expect(readFileSync(join(root, "drawn/metrics.jsonl"), "utf8")).toMatch(/"workers\/published_bytes":\s*[1-9]/);
    expect(statSync(folder).mtimeMs).toBeGreaterThan(began); // something was there
    expect(readdirSync(folder)).toEqual([]);
    expect(readFileSync(join(root, "drawn/config.json"), "utf8")).not.toMatch(/t0ken|weights[FAT]/);
    store.child.kill("SIGTERM");
    expect(await store.exit).toBe(0);

    worker.child.kill("SIGSTOP"); // it hangs
    const old = new Date(Date.now() - 60_000);
    utimesSync(ready, old, old);
    expect(isReady()).toBe(false);
    worker.child.kill("SIGCONT");
    await expect.poll(isReady, { timeout: 20_000, interval: 200 }).toBe(true); // it touches the file again
    worker.child.kill("SIGTERM");
    expect(await worker.exit).toBe(0);
    expect(isReady()).toBe(false);
  });
});
