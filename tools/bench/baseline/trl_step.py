"""Time PPO steps of TRL 0.11.4 on a random GPT-2-small, on CPU; one JSON line a step."""
import argparse, json, os, resource, sys, time, warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
import torch
from tokenizers import Tokenizer, models
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import AutoModelForCausalLMWithValueHead, PPOConfig, PPOTrainer, create_reference_model

arg = argparse.ArgumentParser()
for name, default in dict(batch=8, prompt=16, response=24, epochs=4, steps=3, threads=2, lora=0).items():
    arg.add_argument(f"--{name}", type=int, default=default)
arg.add_argument("--dropout", type=float, default=0.1, help="in training; GPT-2's own is 0.1")
arg.add_argument("--paced", action="store_true", help="begin a step when a line comes in on standard input")
a = arg.parse_args()

torch.manual_seed(0)
torch.set_num_threads(a.threads)
words = Tokenizer(models.WordLevel({str(i): i for i in range(50257)}, unk_token="0"))
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="50256", pad_token="50256", unk_token="0")
gpt2 = GPT2LMHeadModel(GPT2Config(resid_pdrop=a.dropout, embd_pdrop=a.dropout, attn_pdrop=a.dropout))
if a.lora:
    from peft import LoraConfig, get_peft_model

    layers = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]
    gpt2 = get_peft_model(gpt2, LoraConfig(r=a.lora, lora_alpha=2 * a.lora, target_modules=layers, fan_in_fan_out=True, task_type="CAUSAL_LM"))
model = AutoModelForCausalLMWithValueHead(gpt2)
model.is_peft_model = bool(a.lora)
reference = None if a.lora else create_reference_model(model)  # with LoRA: the same weights, adapter off
config = PPOConfig(batch_size=a.batch, mini_batch_size=a.batch, ppo_epochs=a.epochs, learning_rate=1e-5, log_with=None)
trainer = PPOTrainer(config, model, reference, tokenizer)
queries = [torch.randint(0, 50000, (a.prompt,)) for _ in range(a.batch)]
sampling = dict(max_new_tokens=a.response, min_new_tokens=a.response, do_sample=True, top_k=0, top_p=1.0, pad_token_id=50256)

for step in range(a.steps):
    if a.paced and not sys.stdin.readline():
        break
    t0 = time.time()
    responses = trainer.generate(queries, return_prompt=False, batch_size=a.batch, **sampling)
    t1 = time.time()
    trainer.step(queries, list(responses), [torch.tensor(float(i % 2)) for i in range(a.batch)])
    t2 = time.time()
    print(json.dumps(dict(step=step, generateSeconds=t1 - t0, trainSeconds=t2 - t1, totalSeconds=t2 - t0,
                          peakRssBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)), flush=True)
