import { bradleyTerryLoss } from "@cai/preference";

export function bradleyTerry({
  inputs,
  params,
}: {
  inputs: { chosen: readonly number[]; rejected: readonly number[]; margin?: readonly number[] };
  params: { centering: number };
}) {
  const { loss, slopes, diagnostics } = bradleyTerryLoss({ ...inputs, centerRewardsCoefficient: params.centering });
  const { accuracy, margin: meanMargin } = diagnostics;
  return { loss, accuracy, meanMargin, gradChosen: slopes.chosen, gradRejected: slopes.rejected };
}
