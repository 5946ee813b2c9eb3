import type { Parameter, TrainablePolicy } from "@cai/contracts";
import type * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "./error.ts";

/** What is trained of a model, and what is left alone: the marks of the latter stay, for trainers to come. */
export type TrainedParameters = Readonly<Record<"trained" | "frozen", readonly Parameter<tf.Tensor>[]>>;

/**
 * Tells the parameters of a policy apart.
 *
 * @param frozenLayers lowest blocks that are not trained, with the embeddings; 0: everything that is trainable trains.
 * @throws TrainingError `invalid-option` for more layers than there are, and where nothing is left to train.
 */
export function trainedParameters(
  { parameters, layerCount }: Pick<TrainablePolicy<tf.Tensor>, "parameters" | "layerCount">,
  { frozenLayers }: { readonly frozenLayers: number },
): TrainedParameters {
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  if (frozenLayers > layerCount) refuse(`frozenLayers is ${frozenLayers}; the policy has ${layerCount} layers`);
  const all = [...parameters.values()];
  const isTrained = ({ trainable, layer }: Parameter<tf.Tensor>) => trainable && (frozenLayers === 0 || layer >= frozenLayers);
  const trained = all.filter(isTrained);
  if (trained.length === 0) refuse("no parameter of the policy is trainable; lower frozenLayers or unfreeze some of them");
  return { trained, frozen: all.filter((parameter) => !isTrained(parameter)) };
}
