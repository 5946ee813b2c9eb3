export { demoPolicyDirectory, demoPromptsDirectory, demoRewardDirectory } from "./directories.ts";
export { DemoError } from "./error.ts";
export { demoPrompts } from "./prompts.ts";
