import { expect, test } from "vitest";
import { loaderFlags } from "./module-thread.ts";

test("a thread gets the flags that say how modules are loaded, and no others", () => {
  const flags = ["--import", "tsx", "--conditions=@cai/source", "-C", "x", "--input-type", "module", "--eval", "1", "--inspect"];
  expect(loaderFlags(flags)).toEqual(["--import", "tsx", "--conditions=@cai/source", "-C", "x"]);
});
