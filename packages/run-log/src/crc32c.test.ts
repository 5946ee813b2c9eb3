import { expect, test } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c.ts";

test("the published check values of CRC-32C hold", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(0))).toBe(0);
  // RFC 3720, appendix B.4
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("the mask rotates by 15 bits and adds a constant, modulo 2^32", () => {
  // 0xe3069283 rotated right by 15 is 0x2507c60d; plus 0xa282ead8
  expect(maskedCrc32c(Buffer.from("123456789"))).toBe(0xc78ab0e5);
});
