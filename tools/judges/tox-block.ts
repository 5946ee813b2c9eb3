import type { PackagedJudge } from "./judge-folder.ts";
import { readPickle } from "./read-pickle.ts";
import { toxBlockGraph } from "./tox-block-graph.ts";

const tokenizerClass = "keras_preprocessing.text Tokenizer";
const encoderClass = "tox_block.data_processing.preprocessors TokenSequencer";

/**
 * tox-block 0.1.2 by Pascal Bliem, MIT: an LSTM both ways over GloVe's words, trained on Jigsaw's toxic comments (CC0) for six classes. The
 * folder has `model.onnx`, `words.json` (how texts become ids; the id of `words[i]` is i + 1) and the package's licence.
 */
export const toxBlock: PackagedJudge<"weights" | "encoder" | "licence"> = {
  folder: "tox-block-0.1.2-onnx",
  wheel: {
    name: "tox_block-0.1.2",
    requirement: "tox-block==0.1.2",
    platform: "any",
    sha256: "ed3a934f77d456f5324a6ae1b55bd9a3d404f6ebdb30aedad73dea5a2f01b7ed",
    bytes: 17_967_946,
    gpu: false,
  },
  members: {
    weights: {
      path: "tox_block/trained_models/lstm_model_0.1.2.h5",
      sha256: "587d40726f1250341a3661fac099e46582cf34cdd5136eb88a726bf6d62ec24e",
    },
    encoder: {
      path: "tox_block/trained_models/encoder_0.1.2.pkl",
      sha256: "f73db76ce4138c0a566cf91a84077ab66db1f5da40d795d2f751b5a157d91ce7",
    },
    licence: {
      path: "tox_block-0.1.2.dist-info/LICENSE",
      sha256: "fe82f374bb66e8ce59296c31917e9898bf1e3614e9f85679f6fa10aeb4154490",
    },
  },
  convert: ({ weights, encoder, licence }) => ({
    "model.onnx": toxBlockGraph(weights),
    "words.json": JSON.stringify(wordTable(encoder)),
    LICENSE: licence,
  }),
};

/** What `words.json` holds. */
export interface WordTable {
  /** The six classes in the order of the logits. */
  readonly classes: readonly string[];
  /** Characters that part words, as a blank does. */
  readonly separators: string;
  /** So many words are read: the last ones of a longer text. */
  readonly length: number;
  /** In lower case, the most frequent first. */
  readonly words: readonly string[];
}

function wordTable(pickle: Uint8Array): WordTable {
  const encoder = readPickle(pickle, {
    classes: [encoderClass, tokenizerClass, "collections OrderedDict", "collections defaultdict"],
  });
  const attribute = (holder: unknown, name: string) => (holder instanceof Map ? holder.get(name) : undefined);
  const tokenizer = attribute(encoder, "tokenizer");
  const [known, length] = [attribute(encoder, "max_features"), attribute(encoder, "max_sequence_length")] as number[];
  const words: string[] = [];
  for (const [word, id] of attribute(tokenizer, "word_index") as Map<string, number>) if (id < known!) words[id - 1] = word;
  const classes = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"];
  return { classes, separators: attribute(tokenizer, "filters") as string, length: length!, words };
}
