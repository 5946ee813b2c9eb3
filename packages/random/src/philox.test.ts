import { expect, test } from "vitest";
import { philox } from "./philox.ts";

// Random123, tests/kat_vectors: counter, key and result of philox4x32 with 10 rounds.
test.each([
  ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
])("counter %s under key %s gives the published %s", (counter, key, result) => {
  const output = new Uint32Array(4);
  philox(words(counter), words(key), output);
  expect(output).toEqual(words(result));
});

test("the output may overwrite the counter", () => {
  const block = words("243f6a88 85a308d3 13198a2e 03707344");
  philox(block, words("a4093822 299f31d0"), block);
  expect(block).toEqual(words("d16cfe09 94fdcceb 5001e420 24126ea1"));
});

function words(hexadecimal: string): Uint32Array {
  return Uint32Array.from(hexadecimal.split(" "), (word) => Number.parseInt(word, 16));
}
