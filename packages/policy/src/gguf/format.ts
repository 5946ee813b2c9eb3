import type { WrittenValue } from "@cai/gguf";
import type { GgufMetadata } from "./metadata.ts";

type Config = Readonly<Record<string, unknown>>;

/** How the models of a family lie in GGUF files, as llama.cpp reads and writes them. */
export interface GgufFormat {
  /** `general.architecture`. Of several families that have the same, the first in `registry.ts` is what a file becomes. */
  readonly architecture: string;
  /** llama.cpp's name for each module by Hugging Face's; `*` stands for the number of a block. */
  readonly names: Readonly<Record<string, string>>;
  /** What `config.json` would hold, vocabulary and special tokens aside. Throws PolicyError. */
  readConfig(metadata: GgufMetadata): Promise<Config>;
  /** The reverse, without the architecture in front of each key. Throws PolicyError for what the format has no words for. */
  writeMetadata(config: Config): Readonly<Record<string, WrittenValue>>;
  /** What the frequency of each rotary pair is divided by, which is the tensor `rope_freqs.weight`; undefined where nothing is. */
  ropeDivisors?(config: Config): Float32Array | undefined;
  /** Whether rows of query and key projections stand in the order of pairs; default: as in Hugging Face's files. */
  readonly interleavesHeads?: boolean;
  /** What gains of norms are larger by in these files. */
  readonly gainOffset?: number;
  /** Whether a bias that some layers have may be left out in others, where it is 0. */
  readonly leavesOutBiases?: boolean;
}
