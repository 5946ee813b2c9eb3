import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEvents } from "./decode-events.fixture.ts";
import { encodeEvent } from "./tensorboard-event.ts";

test("a step's numbers are a record of length, checksum, message, checksum", () => {
  const record = [
    "1900000000000000 8bf10828", // 25 bytes, and the masked CRC of that number
    "09 0000000000000040", // 1: wall_time = 2.0
    "10 ac02", // 2: step = 300
    "2a 0b", // 5: summary of 11 bytes
    "0a 09", // 1: value of 9 bytes
    "0a 02 6c72", // 1: tag = "lr"
    "15 0000003f", // 2: simple_value = 0.5
    "d6e49e1d", // the masked CRC of the message
  ];
  expect(encodeEvent({ kind: "scalars", step: 300, values: { lr: 0.5 } }, 2).toString("hex")).toBe(record.join("").replaceAll(" ", ""));
});

test("what was encoded is decoded again, whatever the names, numbers and steps", () => {
  const values = fc.dictionary(fc.string({ unit: "grapheme" }), fc.float());
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), values, fc.double({ min: 0, noNaN: true }), (step, scalars, seconds) => {
      const [event] = decodeEvents(encodeEvent({ kind: "scalars", step, values: scalars }, seconds));
      expect(event).toEqual({ wallTime: seconds, step, scalars: { ...scalars } });
    }),
  );
});

test("the first record names the file's version, and a resumed run starts a session at its step", () => {
  const bytes = Buffer.concat([encodeEvent({ kind: "version" }, 1), encodeEvent({ kind: "start", step: 11 }, 1)]);
  expect(decodeEvents(bytes)).toEqual([
    { wallTime: 1, fileVersion: "brain.Event:2" },
    { wallTime: 1, step: 11, sessionStatus: 1 },
  ]);
});
