"""Load a model with transformers and continue a prompt greedily: load_and_generate.py <folder or .gguf> <new tokens>; one line of JSON.

../load-and-generate.mjs does the same with @cai."""
import json, os, resource, sys, time, warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
import torch
from transformers import AutoModelForCausalLM
import transformers.models.gpt2.modeling_gpt2, transformers.models.llama.modeling_llama  # before the clock starts, as torch

source, new_tokens = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(int(sys.argv[3]))
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
began = time.time()
if source.endswith(".gguf"):
    # GGUF files do not say that the output matrix is the embedding table, and transformers then makes up a random one.
    tied = dict(tie_word_embeddings=True)
    model = AutoModelForCausalLM.from_pretrained(os.path.dirname(source), gguf_file=os.path.basename(source), **tied)
else:
    model = AutoModelForCausalLM.from_pretrained(source)
model = model.float().eval()
load_seconds = time.time() - began

vocabulary = model.config.vocab_size
ids = torch.tensor([[(i * 7919 + 11) % (vocabulary - 1) for i in range(16)]])


def generate(tokens):
    with torch.no_grad():
        return model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens,
                              temperature=None, top_p=None, pad_token_id=0)[0, ids.shape[1]:].tolist()


generate(1)
first_token_seconds, peak_bytes = time.time() - began, peak()  # loading included: the file is only mapped, and read when it is used
generate(8)  # warm-up
start = time.time()
response = generate(new_tokens)
seconds = time.time() - start
print(json.dumps(dict(loadSeconds=load_seconds, firstTokenSeconds=first_token_seconds, peakBytes=peak_bytes,
                      tokensPerSecond=new_tokens / seconds, ids=response)))
