import { expect, test } from "vitest";
import { run, tellingLine } from "./run.mjs";

test("a program's end and output are kept, and a missing program is no exception", async () => {
  const script = "console.log('out'); console.error('err'); process.exit(Number(process.argv[1]))";
  expect(await run(process.execPath, ["-e", script, "0"])).toEqual({ ok: true, missing: false, stdout: "out\n", stderr: "err\n" });
  expect((await run(process.execPath, ["-e", script, "3"])).ok).toBe(false);
  expect(await run("no-such-program-here", [])).toMatchObject({ ok: false, missing: true });
});

test("the telling line is the last that names an error, else the last", () => {
  expect(tellingLine("start\nERROR: No matching distribution\nbye\n")).toBe("ERROR: No matching distribution");
  expect(tellingLine("one\ntwo\n\n")).toBe("two");
  expect(tellingLine("")).toBe("it said nothing");
});
