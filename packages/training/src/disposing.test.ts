import { expect, test } from "vitest";
import { disposing } from "./disposing.ts";

/** What was disposed of, in its order. */
function recording() {
  const events: string[] = [];
  const thing = (name: string) => ({ name, dispose: async () => void events.push(name) });
  return { events, thing };
}

test("work's result is given when everything is disposed of, the newest first", async () => {
  const { events, thing } = recording();
  const result = await disposing(async (own) => {
    const policy = own(thing("policy"));
    own({}); // nothing to give back
    own(thing("trainer"));
    expect(events).toEqual([]);
    return policy.name;
  });
  expect(result).toBe("policy");
  expect(events).toEqual(["trainer", "policy"]);
});

test("what the work throws is passed on, when everything is disposed of", async () => {
  const { events, thing } = recording();
  const fault = new Error("no disk");
  const work = disposing(async (own) => {
    own(thing("policy"));
    throw fault;
  });
  await expect(work).rejects.toBe(fault);
  expect(events).toEqual(["policy"]);
});
