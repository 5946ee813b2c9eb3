import { computeGae } from "@cai/gae";
import { bytes, floats, type Rows, shape2D } from "../golden-json.ts";

export function gae({
  inputs,
  params,
}: {
  inputs: { rewards: Rows; values: Rows; mask: Rows; dones?: Rows };
  params: { gamma: number; lambda: number };
}) {
  return computeGae({
    rewards: floats(inputs.rewards),
    values: floats(inputs.values),
    mask: bytes(inputs.mask),
    ...(inputs.dones && { dones: bytes(inputs.dones) }),
    shape: shape2D(inputs.rewards),
    gamma: params.gamma,
    lambda: params.lambda,
  });
}
