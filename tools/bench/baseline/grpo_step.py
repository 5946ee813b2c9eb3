"""Time GRPO steps of TRL 1.16 on a random GPT-2-small, on CPU; one JSON line a step.

A step: `batch` answers of exactly `response` tokens, `answers` to a prompt, and one optimizer step over all of them. What is not said here is
TRL's default, but for bfloat16, recomputing in the backward pass and clipping, which are off."""
import argparse, json, os, random, resource, sys, tempfile, time, warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
import torch, transformers
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

arg = argparse.ArgumentParser()
for name, default in dict(batch=8, answers=8, prompt=128, response=64, epochs=1, steps=3, threads=2).items():
    arg.add_argument(f"--{name}", type=int, default=default)
arg.add_argument("--dropout", type=float, default=0.1, help="in generation and training; GPT-2's own is 0.1")
arg.add_argument("--paced", action="store_true", help="begin a step when a line comes in on standard input")
a = arg.parse_args()

transformers.utils.logging.set_verbosity_error()
torch.manual_seed(0)
torch.set_num_threads(a.threads)
words = Tokenizer(models.WordLevel({str(i): i for i in range(50257)}, unk_token="0"))
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="50256", pad_token="50256", unk_token="0")
model = GPT2LMHeadModel(GPT2Config(resid_pdrop=a.dropout, embd_pdrop=a.dropout, attn_pdrop=a.dropout))
draw = random.Random(0)
prompts = [" ".join(str(draw.randrange(50000)) for _ in range(a.prompt)) for _ in range(a.steps * a.batch // a.answers)]


class Pace(TrainerCallback):
    """Waits for the word before a step, and tells its times after it."""

    generate_seconds = 0.0

    def on_step_begin(self, *_, **__):
        if a.paced and not sys.stdin.readline():
            sys.exit()
        self.began = time.time()

    def on_step_end(self, args, state, control, **_):
        total = time.time() - self.began
        print(json.dumps(dict(step=state.global_step - 1, generateSeconds=self.generate_seconds, trainSeconds=total - self.generate_seconds,
                              totalSeconds=total, peakRssBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)), flush=True)


with tempfile.TemporaryDirectory() as folder:
    config = GRPOConfig(
        output_dir=folder, use_cpu=True, bf16=False, gradient_checkpointing=False, max_grad_norm=0.0,
        per_device_train_batch_size=a.batch, gradient_accumulation_steps=1, num_generations=a.answers, num_iterations=a.epochs,
        max_completion_length=a.response, generation_kwargs=dict(min_new_tokens=a.response),
        max_steps=a.steps * a.epochs, learning_rate=1e-5, lr_scheduler_type="constant",
        save_strategy="no", logging_strategy="no", report_to="none", disable_tqdm=True,
    )
    pace = Pace()
    trainer = GRPOTrainer(
        model=model, args=config, processing_class=tokenizer, train_dataset=Dataset.from_dict({"prompt": prompts}), callbacks=[pace],
        reward_funcs=lambda completions, **_: [draw.random() for _ in completions],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    answer = trainer._generate_single_turn

    def timed_answer(*given):
        began = time.time()
        answered = answer(*given)
        pace.generate_seconds = time.time() - began
        if any(len(ids) != a.response for ids in answered[0]):
            raise SystemExit(f"an answer has another length than {a.response}")
        return answered

    trainer._generate_single_turn = timed_answer
    trainer.train()
