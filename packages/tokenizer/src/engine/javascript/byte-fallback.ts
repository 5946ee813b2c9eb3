import { ByteFallbackDecoder, type Decoder, SequenceDecoder } from "@huggingface/tokenizers";

/**
 * Mends the library's decoders of byte tokens: bytes that are no UTF-8 are one U+FFFD each, as in the Rust library, and a byte order mark
 * stays.
 */
export function mendByteFallback(decoder: Decoder | null): void {
  if (decoder instanceof SequenceDecoder) for (const part of decoder.decoders) mendByteFallback(part);
  if (decoder instanceof ByteFallbackDecoder) decoder.decode_chain = joinBytes;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function joinBytes(tokens: string[]): string[] {
  const joined: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) joined.push(...textsOf(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const [, byte] = /^<0x([0-9A-Fa-f]{2})>$/.exec(token) ?? [];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flush();
    joined.push(token);
  }
  flush();
  return joined;
}

function textsOf(bytes: readonly number[]): string[] {
  try {
    return [utf8.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => "\ufffd");
  }
}
