import { InvalidArgumentError, Option } from "commander";

/** Where something is served. @param port the default: that of a page, the same for every command that serves one */
export const portFlag = (port = 7007): Option => new Option("--port <N>", "0 is any that is free").argParser(readPort).default(port);

function readPort(text: string): number {
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError("Give a number from 0 to 65535.");
  return port;
}
