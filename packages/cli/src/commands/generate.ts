import { Command } from "commander";
import { generateText } from "../generate-text.ts";
import { parseNumber, parseNumbers, parseTexts, textsForm } from "../option-flags.ts";
import { policyForms } from "../resolve-policy.ts";

/** `cai generate`: what a policy writes after a prompt. */
export function generateCommand(): Command {
  return new Command("generate")
    .description("continue a prompt")
    .requiredOption("--policy <P>", policyForms)
    .option("--prompt <S>", "the text to continue, or with --chat to answer")
    .option("--chat", "put the prompt through the model's chat template, as the user's turn")
    .option("--tools <F>", "with --chat: a JSON file with a list of functions that the model may call, each as a JSON schema")
    .option("--chat-template-kwargs <JSON>", 'with --chat: more variables of the template, {"enable_thinking": false}')
    .option(
      "--conversation <F>",
      'instead of --prompt: a file with a row of a prompts file, {"prompt": [{"role": …, "content": …}, …]}; - is standard input',
    )
    .option("--max-new-tokens <number>", "longest response (default: 128, or what the context leaves)", parseNumber)
    .option("--temperature <number>", "0 is greedy", parseNumber, 1)
    .option("--top-k <number>", "draw from the k likeliest tokens only", parseNumber)
    .option("--top-p <number>", "draw from the likeliest tokens of this probability", parseNumber)
    .option("--stop-token-ids <numbers>", "ids that end the response beside the model's own end of text: 1,2", parseNumbers)
    .option("--stop-texts <texts>", `texts that end the response: ${textsForm}`, parseTexts)
    .option("--seed <number>", "seed of the draws", parseNumber, 0)
    .option("--json", "print one JSON object: promptIds, ids, text, logprobs, finishReason")
    .action(generateText);
}
