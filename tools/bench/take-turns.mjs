// @ts-check
/**
 * One step of each program in turn, so that a slow minute of the machine meets all of them; the first round is warm-up and does not count.
 *
 * @template Step
 * @param {readonly { next(): Promise<Step> }[]} programs
 * @param {{ steps: number, onStep?: (program: number, round: number, step: Step) => void }} options `steps`: rounds after the warm-up
 * @returns {Promise<Step[][]>} the steps of each program
 */
export async function takeTurns(programs, { steps, onStep = () => {} }) {
  /** @type {Step[][]} */
  const kept = programs.map(() => []);
  for (let round = 0; round <= steps; round++) {
    for (const [index, program] of programs.entries()) {
      const step = await program.next();
      if (round > 0) kept[index]?.push(step);
      onStep(index, round, step);
    }
  }
  return kept;
}
