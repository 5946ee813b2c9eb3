"""trl_grpo.json: GRPO and its variants."""

import torch

from .groups import advantage_case, loss_case, loss_inputs, rewards, update_case

losses = {
    "dapo": {"loss_type": "dapo"},
    "dapo, upper clip and KL": {"loss_type": "dapo", "epsilon_high": 0.28, "beta": 0.1},
    "dapo, entropy bonus": {"loss_type": "dapo", "entropy_coef": 0.02},
    "grpo, upper clip and KL": {"loss_type": "grpo", "epsilon_high": 0.28, "beta": 0.1},
    "bnpo, KL without the ratio": {"loss_type": "bnpo", "beta": 0.04, "use_bias_correction_kl": False},
    "dr_grpo, upper clip and KL": {"loss_type": "dr_grpo", "epsilon_high": 0.28, "beta": 0.1},
    "dr_grpo, narrow clip": {"loss_type": "dr_grpo", "epsilon": 0.01},
    "cispo": {"loss_type": "cispo", "epsilon_high": 2.0},
    "cispo, KL and entropy bonus": {"loss_type": "cispo", "epsilon_high": 1.2, "beta": 0.1, "entropy_coef": 0.02},
    "gspo: grpo by sequences": {"loss_type": "grpo", "importance_sampling_level": "sequence", "epsilon": 3e-4, "epsilon_high": 4e-4},
    # With a ratio of sequences TRL weighs the KL of a token by that ratio, whose gradient is no longer that of the KL; here it is the token's.
    "dapo by sequences, KL without the ratio": {
        "loss_type": "dapo",
        "importance_sampling_level": "sequence",
        "epsilon": 0.3,
        "beta": 0.1,
        "use_bias_correction_kl": False,
    },
    "dr_grpo by sequences": {"loss_type": "dr_grpo", "importance_sampling_level": "sequence", "epsilon": 0.3},
}

advantages = {
    "by the group's deviation": {"scale_rewards": "group"},
    "by the batch's deviation": {"scale_rewards": "batch"},
    "by nothing (Dr. GRPO)": {"scale_rewards": "none"},
}

updates = {
    "dapo": ("tiny-gpt2", {}),
    "grpo, KL, two iterations": (
        "tiny-gpt2",
        {"loss_type": "grpo", "beta": 0.1, "num_iterations": 2, "epsilon_high": 0.28, "learning_rate": 2e-4},
    ),
    "dr_grpo without scale, cut answers masked, T 0.7": (
        "tiny-llama",
        {"loss_type": "dr_grpo", "scale_rewards": "none", "mask_truncated_completions": True, "temperature": 0.7},
    ),
    "gspo, two iterations": (
        "tiny-llama",
        {
            "loss_type": "grpo",
            "importance_sampling_level": "sequence",
            "num_iterations": 2,
            "epsilon": 0.02,
            "epsilon_high": 0.03,
            "learning_rate": 1e-4,
        },
    ),
    "cispo, entropy bonus, batch scale, two iterations": (
        "tiny-gpt2",
        {"loss_type": "cispo", "epsilon_high": 1.1, "entropy_coef": 0.01, "scale_rewards": "batch", "num_iterations": 2},
    ),
    "bnpo, KL without the ratio, gradients clipped hard": (
        "tiny-llama",
        {"loss_type": "bnpo", "beta": 0.04, "use_bias_correction_kl": False, "scale_rewards": "batch", "max_grad_norm": 0.05},
    ),
}

corrections = {
    mode: (model, {"vllm_importance_sampling_mode": mode, "vllm_importance_sampling_clip_max": cap})
    for mode, model, cap in (
        ("token_truncate", "tiny-gpt2", 1.5),
        ("token_mask", "tiny-llama", 1.5),
        ("sequence_truncate", "tiny-llama", 2.0),
        ("sequence_mask", "tiny-gpt2", 2.0),
    )
}


def make(draw):
    inputs = loss_inputs(draw)
    weights = (0.6 * torch.randn(inputs["mask"].shape, generator=draw)).exp().clamp(max=3)
    return {
        "losses": [loss_case("grpo", name, options, inputs) for name, options in losses.items()]
        + [
            loss_case("grpo", "dapo, importance weights of tokens", {"loss_type": "dapo", "beta": 0.1}, inputs, weights),
            loss_case("grpo", "grpo, importance weights of sequences", {"loss_type": "grpo"}, inputs, weights[:, :1]),
        ],
        "advantages": [advantage_case("grpo", name, options, rewards, 4) for name, options in advantages.items()],
        "updates": [update_case("grpo", name, *given, draw) for name, given in updates.items()]
        + [
            update_case("grpo", f"dapo, engine's mismatch: {mode}", *given, draw, correction=True)
            for mode, given in corrections.items()
        ],
    }
