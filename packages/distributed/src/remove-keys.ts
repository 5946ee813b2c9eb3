import type { Redis } from "ioredis";

/** Removes all keys of a pattern, a few hundred at a time. */
export async function removeKeys(redis: Redis, pattern: string): Promise<void> {
  for (const keys of await scannedKeys(redis, pattern)) if (keys.length > 0) await redis.unlink(...keys);
}

/** All keys of a pattern, in groups. */
export async function scannedKeys(redis: Redis, pattern: string): Promise<string[][]> {
  const groups: string[][] = [];
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 500);
    groups.push(keys);
    cursor = next;
  } while (cursor !== "0");
  return groups;
}
