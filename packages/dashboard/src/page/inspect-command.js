// @ts-check
/** Whose steps are made of tokens that the policy wrote. */
const onPolicy = ["ppo", "grpo", "rloo", "reinforce++"];

/**
 * The command that makes a step of a run again and shows it; undefined where there are no tokens to show.
 *
 * @param {{ directory: string, algorithm?: string | undefined }} run
 * @param {number} step
 */
export function inspectCommand({ directory, algorithm }, step) {
  if (algorithm === undefined || !onPolicy.includes(algorithm)) return undefined;
  return `cai inspect ${inShell(directory)} --step ${step} --page`;
}

/** @param {string} path */
const inShell = (path) => (/^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
