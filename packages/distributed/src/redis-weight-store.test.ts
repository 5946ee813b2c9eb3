import { startRedis, whyNoRedis } from "@cai/testing";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { RedisWeightStore } from "./redis-weight-store.ts";

test.skipIf(whyNoRedis)(
  `a dropped piece goes with all of its chunks, and nothing else does${whyNoRedis ? ` (${whyNoRedis})` : ""}`,
  async () => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    onTestFinished(async () => {
      redis.disconnect();
      await server.stop();
    });
    const store = new RedisWeightStore(redis);
    const [run, large, small, kept] = ["0123456789abcdef", "a".repeat(64), "b".repeat(64), "c".repeat(64)];
    await store.putPiece(run, large, new Uint8Array(17 * 2 ** 20)); // three chunks
    await store.putPiece(run, small, new Uint8Array(4));
    await store.putPiece(run, kept, Uint8Array.of(1, 2, 3));
    await store.drop(run, { pieces: [large, small], versions: [] });
    expect(await redis.dbsize()).toBe(1);
    expect(await store.readPiece(run, kept, 3)).toEqual(Buffer.of(1, 2, 3));
    await store.drop(run, { pieces: [], versions: [] }); // as after a step that changed nothing
    expect(await redis.dbsize()).toBe(1);
  },
);
