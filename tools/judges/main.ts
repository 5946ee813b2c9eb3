import { NativeInstallError } from "../../packages/backend/src/native/error.mjs";
import { hatesonar } from "./hatesonar.ts";
import { getJudge } from "./judge-folder.ts";
import { toxBlock } from "./tox-block.ts";

const name = process.argv[2];
const progress = (text: string) => console.error(`${name}: ${text}`);
try {
  console.log(await (name === "hatesonar" ? getJudge(hatesonar, { progress }) : getJudge(toxBlock, { progress })));
} catch (error) {
  if (!(error instanceof NativeInstallError)) throw error;
  console.error(`${error.message}\n${error.fix}`);
  process.exitCode = 1;
}
