/** An update that was not made, since its loss or a gradient is not finite. */
export interface FailedUpdate {
  /** "step 3, epoch 1". */
  readonly where: string;
  readonly loss: number;
  /** Of the gradients before clipping, by the name of each parameter that is trained. */
  readonly gradientNorms: Readonly<Record<string, number>>;
}

/** A step with such an update. Of what it does beside the updates that came before, nothing stays. */
export interface FailedStep extends FailedUpdate {
  /** Updates of the step that were made before, and stay. Those that would have come after are not made. */
  readonly updatesBefore: number;
  /** What it learned from, for a look: plain data and arrays of numbers, a line each in `failed-step/batch.jsonl`. */
  readonly rows: readonly object[];
}

/** What was not finite: "step 3, epoch 1: the loss is NaN". */
export function describeFailure({ where, loss, gradientNorms }: FailedUpdate): string {
  if (!Number.isFinite(loss)) return `${where}: the loss is ${loss}`;
  const names = Object.keys(gradientNorms);
  const broken = names.filter((name) => !Number.isFinite(gradientNorms[name]));
  if (broken.length === 0) return `${where}: the gradient's norm is not finite, though that of each parameter is`;
  const first = broken.slice(0, 2).join(", ") + (broken.length > 2 ? ", …" : "");
  return `${where}: the gradient is not finite in ${broken.length} of ${names.length} parameters (${first})`;
}

/** What became of the step's updates. */
export function describeKept({ updatesBefore: before }: Pick<FailedStep, "updatesBefore">): string {
  if (before === 0) return "the step is not applied, and the weights stay as they were";
  return `this update and those after it in the step are not applied, ${before === 1 ? "the one" : `the ${before}`} before it ${before === 1 ? "stays" : "stay"}`;
}
