import { expect, test } from "vitest";
import { StreamedHash } from "./streamed-hash.ts";
import { WeightsHash } from "./weights-hash.ts";

const numbers = (length: number, seed: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * seed));

test("the hash is that of WeightsHash, also of more numbers than there is memory between the threads", async () => {
  const weights = [1, 0, 300_001, 1024, 900_005, 7].map((length, index) => ({
    name: `w${index}`,
    shape: [length],
    values: numbers(length, index),
  }));
  for (const ringBytes of [2 ** 12, 2 ** 21, undefined]) {
    const [alone, streamed] = [new WeightsHash(), new StreamedHash("weights", ringBytes)];
    for (const { name, shape, values } of weights) {
      const passing = values.slice();
      alone.add({ name, shape, values });
      streamed.add({ name, shape, values: passing });
      passing.fill(0); // what was added has been copied
    }
    const digest = streamed.digest();
    expect(digest).toBe(alone.digest());
    await streamed.end();
    expect(streamed.digest()).toBe(digest);
  }
});

test("nothing has a hash too, and one that is given up says so", async () => {
  const empty = new StreamedHash("weights");
  expect(empty.digest()).toBe(new WeightsHash().digest());
  const givenUp = new StreamedHash("weights");
  givenUp.add({ name: "a", shape: [9], values: numbers(9, 1) });
  await givenUp.end();
  expect(() => givenUp.digest()).toThrow("weights can't be hashed: it was given up");
});
