import { type RedisServer, startRedis, whyNoRedis, whyNoTls } from "@cai/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "./connect.ts";

/** What is told where there is no connection. */
const told = (url: string, patienceMs?: number): Promise<string> =>
  connect(url, { ...(patienceMs && { patienceMs }) }).then(
    (redis) => {
      redis.disconnect();
      return "connected";
    },
    ({ message }: Error) => message,
  );

test("what is no address, and a closed port, are told without secrets", async () => {
  expect(await told("http://ann:s3cret@host")).toBe('"http://…@host" is no address of Redis: give one as redis://127.0.0.1:6379');
  expect(await told("redis://:s3cret@127.0.0.1:1", 300)).toMatch(
    /^no Redis at redis:\/\/…@127\.0\.0\.1:1: .*ECONNREFUSED.*; start redis-server/,
  );
});

describe.skipIf(whyNoRedis)(`with a Redis${whyNoRedis ? ` (${whyNoRedis})` : ""}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ password: "s3cret" });
  });
  afterAll(() => server.stop());

  test("a wrong password is told without it", async () => {
    expect(await told(server.url)).toBe("connected");
    expect(await told(server.url.replace("s3cret", "wr0ng"))).toMatch(/^no Redis at redis:\/\/…@127\.0\.0\.1:\d+: .*password/i);
  });

  test("a user of Redis's own list may be the one who asks", async () => {
    const redis = await connect(server.url);
    await redis.call("ACL", "SETUSER", "worker", "on", ">own-s3cret", "~cai:*", "&*", "+@all");
    redis.disconnect();
    expect(await told(server.url.replace(":s3cret", "worker:own-s3cret"))).toBe("connected");
    expect(await told(server.url.replace(":s3cret", "worker:s3cret"))).toMatch(/^no Redis at redis:\/\/…@127\.\S+ WRONGPASS/);
  });

  test("who expects TLS of one that speaks none is told that it may be so", async () => {
    expect(await told(server.url.replace("redis:", "rediss:"), 300)).toMatch(
      /by rediss:\/\/ where it speaks TLS and by redis:\/\/ where it does not$/,
    );
  });
});

describe.skipIf(whyNoTls)(`with a Redis that speaks TLS${whyNoTls ? ` (${whyNoTls})` : ""}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ password: "s3cret", tls: true });
  });
  afterAll(() => server.stop());

  test("a certificate that nobody known has signed is refused, with what to do", async () => {
    expect(await told(server.url)).toMatch(
      /^no Redis at rediss:\/\/…@127\.0\.0\.1:\d+: self-signed certificate; nobody .* has signed its certificate: name .* in NODE_EXTRA_CA_CERTS$/,
    );
  });

  test("who expects no TLS is told that there may be some", async () => {
    expect(await told(server.url.replace("rediss:", "redis:"), 300)).toMatch(/by rediss:\/\/ where it speaks TLS/);
  });
});
