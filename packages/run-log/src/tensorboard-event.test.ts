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
  expect(Buffer.from(encodeEvent({ kind: "scalars", step: 300, values: { lr: 0.5 } }, 2)).toString("hex")).toBe(
    record.join("").replaceAll(" ", ""),
  );
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

test("a table of texts is a tensor of strings for TensorBoard's text plugin, and nothing in it is read as Markdown or HTML", () => {
  const rows = [
    ["prompt", "response"],
    ["*a*\nb", "<b>&amp;"],
  ];
  const bytes = Buffer.from(encodeEvent({ kind: "table", step: 3, tag: "samples", rows }, 2));
  expect(decodeEvents(bytes)).toEqual([
    { wallTime: 2, step: 3, texts: { samples: ["prompt", "response", "&#42;a&#42; ⏎ b", "&#60;b&#62;&#38;amp;"] } },
  ]);
  const plugin = [0x4a, 0x08, 0x0a, 0x06, 0x0a, 0x04, ...Buffer.from("text")]; // 9: metadata { 1: plugin_data { 1: plugin_name } }
  const shape = [0x08, 0x07, 0x12, 0x08, 0x12, 0x02, 0x08, 0x02, 0x12, 0x02, 0x08, 0x02]; // 1: string; 2: shape { dim 2, dim 2 }
  expect(bytes.includes(Buffer.from(plugin))).toBe(true);
  expect(bytes.includes(Buffer.from(shape))).toBe(true);
});
