import { endProcess } from "./stray-ends.ts";

/** `cai … | head`: whoever read the output has gone, and more of it serves nobody. */
function leave(error: NodeJS.ErrnoException): void {
  endProcess(error.code === "EPIPE" ? 0 : 1);
}

function goOn(): void {}

/** Standard output that can't be written ends a command; standard error, which is for whoever watches, doesn't. */
export function leaveOnClosedPipes(): void {
  process.stdout.on("error", leave);
  process.stderr.on("error", goOn);
}

/**
 * From now on neither ends the command: its results are in files. What is lost without anybody having gone, on a full disk say, is told once.
 *
 * @returns ends that.
 */
export function outliveClosedPipes(): () => void {
  const { stdout, stderr } = process;
  let told = false;
  const lose = ({ code, message }: NodeJS.ErrnoException) => {
    if (!told && code !== "EPIPE")
      stderr.write(`standard output can't be written (${message}): the work goes on, its results are in its folder\n`);
    told = true;
  };
  const leaves = stdout.listeners("error").includes(leave);
  stdout.removeListener("error", leave);
  stdout.on("error", lose);
  stderr.on("error", goOn);
  return () => {
    if (leaves) stdout.on("error", leave);
    stdout.removeListener("error", lose);
    stderr.removeListener("error", goOn);
  };
}
