"""GRPO and RLOO by TRL's own trainers, on answers that are given instead of sampled."""

import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from .record import Updates
from .trainers import camel, final_norm, ids, load_policy, load_tokenizer, optimizer, override, settings

kinds = {"grpo": (GRPOConfig, GRPOTrainer), "rloo": (RLOOConfig, RLOOTrainer)}
end = 0
# The second of three groups teaches nothing.
rewards = [0.5, 2.0, -1.0, 0.25, 3.0, 3.0, 3.0, 3.0, 0.1, 0.1, 0.1, 7.5]


def make_trainer(kind, model, options, *, prompts, completions, rewards, behaviour=None, **more):
    """A trainer that is handed the answers, `num_generations` to each prompt, and their rewards."""
    config, trainer = kinds[kind]
    common = {"per_device_train_batch_size": len(completions), "num_generations": len(completions) // len(prompts), "shuffle_dataset": False}
    names = [str(index) for index in range(len(prompts))]

    def reward(completions, **_):
        return rewards

    made = trainer(
        model=load_policy(model),
        args=config(**settings(**common, **options, **more)),
        reward_funcs=reward,
        train_dataset=Dataset.from_dict({"prompt": names}),
        processing_class=load_tokenizer(model),
    )
    made._tokenize_prompts = lambda some: ([prompts[int(name)] for name in some], None, {})
    if kind == "rloo":
        made._generate_single_turn = lambda *_: completions
    else:
        made._generate_single_turn = lambda *_: (completions, behaviour)
    return made


def loss_inputs(draw, rows=7, columns=5):
    """Log-probabilities with ratios from e^-2 to e^2; rows of one token and of none, advantages of every sign and 0."""
    old = -0.5 - 3 * torch.rand(rows, columns, generator=draw)
    new = torch.minimum(old + 0.7 * torch.randn(rows, columns, generator=draw).clamp(-3, 3), torch.tensor(-0.01))
    old[0, :3] = -2.5
    new[0, :3] = torch.tensor([-2.5, -0.5, -4.5])
    new[4] = old[4] - 1.5
    advantages = torch.tensor([1.25, -0.75, 0.0, 2.0, 1.0, -1.5, -0.4])[:rows]
    lengths = torch.tensor([5, 4, 3, 1, 5, 2, 0])[:rows]
    return {
        "mask": (torch.arange(columns) < lengths[:, None]).int(),
        "newLogprobs": new,
        "oldLogprobs": old,
        "refLogprobs": old + 0.5 * torch.randn(rows, columns, generator=draw),
        "entropies": 1 + torch.rand(rows, columns, generator=draw),
        "advantages": advantages,
    }


def loss_case(kind, name, options, inputs, weights=None):
    """TRL's loss and its derivatives, with the model's forward pass replaced by given numbers. At masked places stand numbers too."""
    alone = {"prompts": [[5], [6]], "completions": [[7, end]] * 4, "rewards": [0.0] * 4}
    trainer = make_trainer(kind, "tiny-gpt2", options, **alone, max_completion_length=8)
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = 1
    logprobs = inputs["newLogprobs"].clone().requires_grad_()
    entropies = inputs["entropies"].clone().requires_grad_()
    trainer._get_per_token_logps_and_entropies = lambda *_, **__: (logprobs, entropies, None)
    mask = inputs["mask"]
    given = {
        "prompt_ids": torch.ones(len(mask), 1).int(),
        "prompt_mask": torch.ones(len(mask), 1).int(),
        "completion_ids": torch.ones_like(mask),
        "completion_mask": mask,
        "advantages": inputs["advantages"],
        "old_per_token_logps": inputs["oldLogprobs"],
        "ref_per_token_logps": inputs["refLogprobs"],
        "old_logps": (inputs["oldLogprobs"] * mask).sum(1),
        "num_items_in_batch": mask.sum(),
    }
    if weights is not None:
        trainer.use_vllm = trainer.vllm_importance_sampling_correction = True
        given["importance_sampling_ratio"] = weights
    loss = trainer._compute_loss(trainer.model, given)
    loss.backward()
    metrics = {name: values[-1] for name, values in trainer._metrics["train"].items()}
    gradients = {"gradLogprobs": logprobs.grad} | ({} if entropies.grad is None else {"gradEntropies": entropies.grad})
    shown = inputs if weights is None else {**inputs, "weights": weights.expand(mask.shape)}
    params = camel({"epsilon": 0.2, "max_completion_length": 8, **options})
    return {"name": name, "params": params, "inputs": shown, "expected": {"loss": loss, **gradients, "metrics": metrics}}


def advantage_case(kind, name, options, rewards, group_size):
    """What TRL makes of rewards, and what it logs of them."""
    prompts = [[5]] * (len(rewards) // group_size)
    trainer = make_trainer(kind, "tiny-gpt2", options, prompts=prompts, completions=[[7, end]] * len(rewards), rewards=rewards)
    trainer.model.train()
    inputs = [{"prompt": str(row // group_size)} for row in range(len(rewards))]
    advantages = trainer._generate_and_score_completions(inputs)["advantages"]
    wanted = ("reward", "reward_std", "frac_reward_zero_std")
    metrics = {metric: trainer._metrics["train"][metric][-1] for metric in wanted}
    params = camel(options) | {"groupSize": group_size}
    return {"name": name, "params": params, "inputs": {"rewards": rewards}, "expected": {"advantages": advantages, "metrics": metrics}}


def answers(draw, model, group_size, groups, longest):
    """Prompts and answers. One answer is an end of text alone, some are cut; the last group's rewards are equal.

    GPT-2's prompts have one length: TRL gives a model no positions, and GPT-2 then counts those of the padding too.
    """
    prompts = [ids(4 if "gpt2" in model else 3 + 2 * group, draw) for group in range(groups)]
    lengths = [longest, 1, 3, longest, 2, 4, longest, 5, 1, 3, 2, longest][: group_size * groups]
    completions = [ids(longest, draw) if length == longest else [*ids(length - 1, draw), end] for length in lengths]
    rewards = torch.randn(len(lengths), generator=draw).tolist()
    if groups > 1:
        rewards[-group_size:] = [rewards[-1]] * group_size
    return {"prompts": prompts, "completions": completions, "rewards": rewards}


def update_case(kind, name, model, options, draw, *, groups=2, group_size=4, correction=False):
    """A step of training as TRL runs it: rewards, advantages, `num_iterations` updates."""
    longest = 6
    inputs = answers(draw, model, group_size, groups, longest)
    if correction:
        inputs["behaviour"] = behaviour(model, inputs, draw, options.get("temperature", 1.0))
    options = {"max_completion_length": longest, "temperature": 1.0, **options}
    trainer = make_trainer(kind, model, options, **inputs, max_steps=options.get("num_iterations", 1))
    trainer.use_vllm = correction
    overrides = {}
    if options.get("beta", 0.0) != 0:
        overrides = final_norm(trainer.ref_model, draw)
        override(trainer.ref_model, overrides)
    steps = Updates(trainer).run()
    buffered = trainer._buffered_inputs[0]
    order = order_of(buffered, inputs)
    mask = buffered["completion_mask"][order]
    expected = {"advantages": buffered["advantages"][order], "mask": mask}
    if "old_per_token_logps" in buffered:
        expected["oldLogprobs"] = buffered["old_per_token_logps"][order] * mask
    if "ref_per_token_logps" in buffered:
        expected["refLogprobs"] = buffered["ref_per_token_logps"][order] * mask
    if "importance_sampling_ratio" in buffered:
        expected["weights"] = (buffered["importance_sampling_ratio"][order] * mask).expand(mask.shape)
    params = camel({**optimizer, **options})
    return {"name": name, "model": model, "params": params, "inputs": {**inputs, "refOverrides": overrides}, "expected": {**expected, "updates": steps}}


def order_of(buffered, inputs):
    """TRL shuffles a step's rows: where each of the given answers stands."""
    rows = [
        (prompt[prompt_mask.bool()].tolist(), completion.tolist())
        for prompt, prompt_mask, completion in zip(buffered["prompt_ids"], buffered["prompt_mask"], buffered["completion_ids"])
    ]
    columns = buffered["completion_ids"].shape[1]
    group_size = len(inputs["completions"]) // len(inputs["prompts"])
    padded = [answer + [end] * (columns - len(answer)) for answer in inputs["completions"]]
    return [rows.index((inputs["prompts"][row // group_size], answer)) for row, answer in enumerate(padded)]


def behaviour(model, inputs, draw, temperature):
    """Log-probabilities as another engine might give them: the policy's, some of them far off."""
    policy = load_policy(model).eval()
    group_size = len(inputs["completions"]) // len(inputs["prompts"])
    rows = []
    for row, answer in enumerate(inputs["completions"]):
        prompt = inputs["prompts"][row // group_size]
        with torch.no_grad():
            logits = policy(torch.tensor([prompt + answer])).logits[0, len(prompt) - 1 : -1]
        own = (logits / temperature).log_softmax(-1).gather(1, torch.tensor(answer)[:, None])[:, 0]
        rows.append((own + 0.8 * torch.randn(own.shape, generator=draw)).tolist())
    return rows
