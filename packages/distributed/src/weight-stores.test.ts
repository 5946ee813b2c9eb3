import { createHash } from "node:crypto";
import { type RedisServer, startRedis, temporaryFolder, whyNoRedis } from "@cai/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { FolderWeightStore } from "./folder-weight-store.ts";
import { HttpWeightStore } from "./http-weight-store.ts";
import { RedisWeightStore } from "./redis-weight-store.ts";
import { startWeightServer } from "./weight-server.ts";
import { mostObjectBytes, type WeightStore } from "./weight-store.ts";

const [run, other] = ["0123456789abcdef", "fedcba9876543210"];
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let server: RedisServer | undefined;
beforeAll(async () => {
  if (!whyNoRedis) server = await startRedis();
});
afterAll(() => server?.stop());

/** Two ends of a store, as learner and worker have them. */
interface Ends {
  readonly store: WeightStore;
  readonly reader: WeightStore;
}

const stores: readonly (readonly [name: string, open: () => Promise<Ends>, missing: string | undefined])[] = [
  [
    "a folder",
    async () => {
      const folder = await temporaryFolder();
      return { store: new FolderWeightStore(folder), reader: new FolderWeightStore(folder) };
    },
    undefined,
  ],
  [
    "Redis",
    async () => {
      const redis = new Redis(server!.url);
      onTestFinished(async () => {
        await redis.flushall();
        redis.disconnect();
      });
      return { store: new RedisWeightStore(redis), reader: new RedisWeightStore(redis) };
    },
    whyNoRedis,
  ],
  [
    "a server",
    async () => {
      const served = await startWeightServer({ folder: await temporaryFolder(), token: "s3cret" });
      onTestFinished(() => served.close());
      const open = () => new HttpWeightStore({ url: served.url, token: "s3cret" });
      return { store: open(), reader: open() };
    },
    undefined,
  ],
];

describe.each(stores)("weights in %s", (_, open, missing) => {
  const why = missing ? ` (${missing})` : "";

  test.skipIf(missing)(`an object comes back as it went, the smallest and the largest${why}`, async () => {
    const { store, reader } = await open();
    const large = Buffer.alloc(mostObjectBytes, "weights ");
    for (const bytes of [Buffer.of(0), Buffer.of(255, 0, 10), large]) {
      const name = hashOf(bytes);
      expect(await reader.get(run, name)).toBeUndefined();
      await store.put(run, name, bytes);
      expect(Buffer.from((await reader.get(run, name))!).equals(bytes)).toBe(true);
      await store.put(run, name, bytes); // again, so that it lasts longer
      expect(Buffer.from((await reader.get(run, name))!).equals(bytes)).toBe(true);
    }
  });

  test.skipIf(missing)(`bytes that are part of a larger array go alone${why}`, async () => {
    const { store, reader } = await open();
    const part = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    await store.put(run, hashOf(part), part);
    expect([...(await reader.get(run, hashOf(part)))!]).toEqual([1, 2]);
  });

  test.skipIf(missing)(`what is dropped is gone, what stays is there, and twice does no harm${why}`, async () => {
    const { store, reader } = await open();
    const [one, two] = [Buffer.from("one"), Buffer.from("two")];
    for (const bytes of [one, two]) await store.put(run, hashOf(bytes), bytes);
    for (let time = 0; time < 2; time++) await store.drop(run, [hashOf(one)]);
    await store.drop(run, []);
    expect(await reader.get(run, hashOf(one))).toBeUndefined();
    expect(await reader.get(run, hashOf(two))).toBeDefined();
  });

  test.skipIf(missing)(`a run that is removed leaves those of other runs${why}`, async () => {
    const { store, reader } = await open();
    const objects = [Buffer.from("one"), Buffer.from("two")];
    for (const bytes of objects) for (const of of [run, other]) await store.put(of, hashOf(bytes), bytes);
    await store.removeRun(run);
    await store.removeRun(run);
    for (const bytes of objects) {
      expect(await reader.get(run, hashOf(bytes))).toBeUndefined();
      expect(await reader.get(other, hashOf(bytes))).toBeDefined();
    }
  });
});

test.skipIf(whyNoRedis)(`an object that is too large is not read from Redis${whyNoRedis ? ` (${whyNoRedis})` : ""}`, async () => {
  const redis = new Redis(server!.url);
  onTestFinished(() => redis.disconnect());
  const store = new RedisWeightStore(redis);
  const large = Buffer.alloc(mostObjectBytes + 1);
  await store.put(run, hashOf(large), large);
  await expect(store.get(run, hashOf(large))).rejects.toMatchObject({ code: "too-large" });
  await store.removeRun(run);
});

test("an object that is too large is not read from a folder", async () => {
  const store = new FolderWeightStore(await temporaryFolder());
  const large = Buffer.alloc(mostObjectBytes + 1);
  await store.put(run, hashOf(large), large);
  await expect(store.get(run, hashOf(large))).rejects.toMatchObject({ code: "too-large" });
});

test("a server refuses what is too large, other bytes than the name says, and another token, at once and without telling the token", async () => {
  const served = await startWeightServer({ folder: await temporaryFolder(), token: "s3cret-token" });
  onTestFinished(() => served.close());
  const store = new HttpWeightStore({ url: served.url, token: "s3cret-token", retries: 0 });
  const large = Buffer.alloc(mostObjectBytes + 1);
  await expect(store.put(run, hashOf(large), large)).rejects.toMatchObject({ code: "endpoint-failed" });
  await expect(store.put(run, hashOf(large), Buffer.of(1))).rejects.toThrow(/refused with status 400: the name is not the SHA-256/);
  const stranger = new HttpWeightStore({ url: served.url, token: "another-token", retries: 0 });
  await expect(stranger.get(run, hashOf(large))).rejects.toThrow(
    /^store of weights http:\/\/127\S+ refused with status 401: no token, or another/,
  );
});

test("a server that is away for a moment is waited for", async () => {
  const folder = await temporaryFolder();
  const first = await startWeightServer({ folder });
  const store = new HttpWeightStore({ url: first.url, backoffMs: 50 });
  const bytes = Buffer.from("numbers");
  await store.put(run, hashOf(bytes), bytes);
  await first.close();
  const found = store.get(run, hashOf(bytes));
  const again = await startWeightServer({ folder, port: Number(new URL(first.url).port) });
  onTestFinished(() => again.close());
  expect(Buffer.from((await found)!).equals(bytes)).toBe(true);
});
