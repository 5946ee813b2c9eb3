import { type AttributeProto, type ModelProto, messages } from "../../packages/onnx-graph/src/schema.ts";
import type { PackagedJudge } from "./judge-folder.ts";

/**
 * hatesonar 0.1.0 by Hiroki Nakayama, MIT: a logistic regression on the words of a text by TF-IDF, trained on the tweets of Davidson et al.
 * 2017. `model.onnx` takes `text`, string [batch], and gives `probabilities`, float32 [batch, 3], of hate speech, offensive language and neither;
 * its tokenizer is ONNX Runtime's own (com.microsoft).
 */
export const hatesonar: PackagedJudge<"model" | "licence"> = {
  folder: "hatesonar-0.1.0-onnx",
  wheel: {
    name: "hatesonar-0.1.0",
    requirement: "hatesonar==0.1.0",
    platform: "any",
    sha256: "969c56618bd628b3cb9b69d4e5170b461c8270737d2b0eb37ba0d55e207e9f37",
    bytes: 222_593,
    gpu: false,
  },
  members: {
    model: {
      path: "hatesonar/model/model.onnx",
      sha256: "3d881e00b16eb0cf8a6df58a68305f6a1b36e512334aa702a9501eaa0afe51b5",
    },
    licence: {
      path: "hatesonar-0.1.0.dist-info/licenses/LICENSE",
      sha256: "f34d20c1a245c19239a59c7bcbc02409e971bb9c4010e35f78b78e5f920a1870",
    },
  },
  convert: ({ model, licence }) => ({ "model.onnx": plainModel(model), LICENSE: licence }),
};

/**
 * The model with the locale "C", because the default, en_US, is missing on many machines and then ends the loading, and with a tensor as output:
 * ONNX Runtime's JavaScript can't take the maps of a ZipMap.
 */
function plainModel(bytes: Uint8Array): Uint8Array {
  const model: ModelProto = messages.model.toObject(messages.model.decode(bytes), { longs: Number });
  const locale: AttributeProto = { name: "locale", type: 3, s: new TextEncoder().encode("C") };
  const kept = model.graph!.node!.filter(({ opType }) => opType !== "ZipMap" && opType !== "Cast");
  const node = kept.map((each) =>
    each.opType === "StringNormalizer" ? { ...each, attribute: [...(each.attribute ?? []), locale] } : each,
  );
  const float32 = 1;
  const shape = { dim: [{ dimParam: "batch" }, { dimValue: 3 }] };
  const output = [{ name: "probabilities", type: { tensorType: { elemType: float32, shape } } }];
  return messages.model.encode({ ...model, graph: { ...model.graph, node, output } }).finish();
}
