import { expect, test } from "vitest";
import { CaiError } from "./error.ts";

class GaeError extends CaiError {
  static override readonly marker = Symbol.for("@cai/gae");
}
class KlError extends CaiError {
  static override readonly marker = Symbol.for("@cai/kl");
}

test("an error is an instance of its own class and of the base, and of no sibling", () => {
  const error = new GaeError("shape-mismatch", "3 numbers, wanted 4");
  expect(GaeError.isInstance(error)).toBe(true);
  expect(CaiError.isInstance(error)).toBe(true);
  expect(KlError.isInstance(error)).toBe(false);
  expect(error).toMatchObject({ name: "GaeError", code: "shape-mismatch", message: "3 numbers, wanted 4" });
});

test("an error of another copy of the package is recognised by its marker", () => {
  class OtherCopy extends CaiError {
    static override readonly marker = Symbol.for("@cai/gae");
  }
  const error = new OtherCopy("shape-mismatch", "3 numbers, wanted 4");
  expect(error instanceof GaeError).toBe(false);
  expect(GaeError.isInstance(error)).toBe(true);
});

test("nothing else is an instance", () => {
  for (const value of [undefined, null, 3, "text", {}, new Error("plain")]) expect(CaiError.isInstance(value)).toBe(false);
});
