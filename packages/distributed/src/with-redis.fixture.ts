import { prepareBackend } from "@cai/backend";
import { type RedisServer, startRedis, whyNoRedis } from "@cai/testing";
import { Worker } from "bullmq";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { connect } from "./connect.ts";
import { prefix } from "./names.ts";

/** What a suite with a Redis of its own has. */
export interface WithRedis {
  readonly server: Pick<RedisServer, "url" | "restart">;
  /** What ends after a test, the last of them first. */
  readonly ends: (() => unknown)[];
  /** A worker that never answers. Gives what waits until it has a job of the queue, and then ends it as a kill would: its lock is not given back. */
  readonly dyingWorker: (queue: string) => Promise<() => Promise<void>>;
}

/**
 * A suite with a backend and a Redis of its own, with a password, left out by name where there is none. After each test its `ends` end; then
 * nothing of a run may be in Redis.
 */
export function withRedis(suite: (given: WithRedis) => void): void {
  describe.skipIf(whyNoRedis)(`with a Redis${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
    let started: RedisServer;
    const ends: (() => unknown)[] = [];
    beforeAll(async () => {
      await prepareBackend();
      started = await startRedis({ password: "s3cret" });
    });
    afterAll(() => started.stop());
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
      const redis = await connect(started.url);
      expect(await redis.keys("cai:run:*")).toEqual([]);
      await redis.flushall();
      redis.disconnect();
    });
    const server: WithRedis["server"] = {
      get url() {
        return started.url;
      },
      restart: () => started.restart(),
    };
    const dyingWorker: WithRedis["dyingWorker"] = async (queue) => {
      const connection = await connect(started.url);
      ends.push(() => connection.disconnect());
      let taken = () => {};
      const took = new Promise<void>((resolve) => {
        taken = resolve;
      });
      const never = () => {
        taken();
        return new Promise<never>(() => {});
      };
      const worker = new Worker(queue, never, { connection, prefix, lockDuration: 1_000, skipStalledCheck: true });
      return async () => {
        await took;
        await worker.close(true);
      };
    };
    suite({ server, ends, dyingWorker });
  });
}
