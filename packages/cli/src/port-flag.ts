import { InvalidArgumentError, Option } from "commander";

/** Where a page is served: the same for every command that serves one. */
export const portFlag = (): Option => new Option("--port <N>", "0 is any that is free").argParser(readPort).default(7007);

function readPort(text: string): number {
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError("Give a number from 0 to 65535.");
  return port;
}
