"""trl_rloo.json: RLOO."""

from .groups import advantage_case, loss_case, loss_inputs, rewards, update_case

losses = {
    "rloo": {"beta": 0.0},
    "rloo, upper clip": {"beta": 0.0, "epsilon": 0.3, "epsilon_high": 1.5},
}

advantages = {
    "leave one out": ({"beta": 0.0}, rewards, 4),
    "leave one out, pairs": ({"beta": 0.0}, rewards, 2),
    "leave one out, normalised": ({"beta": 0.0, "normalize_advantages": True}, rewards, 4),
}

updates = {
    "rloo": ("tiny-gpt2", {"beta": 0.05}, 4),
    "rloo without KL, pairs, two iterations": (
        "tiny-llama",
        {"beta": 0.0, "num_iterations": 2, "learning_rate": 2e-4, "epsilon": 0.02, "epsilon_high": 0.03},
        2,
    ),
    "rloo, normalised, clipped rewards, cut answers masked, T 0.7": (
        "tiny-llama",
        {
            "beta": 0.2,
            "normalize_advantages": True,
            "reward_clip_range": [-0.8, 0.8],
            "mask_truncated_completions": True,
            "temperature": 0.7,
            "num_iterations": 2,
        },
        4,
    ),
}


def make(draw):
    inputs = loss_inputs(draw)
    return {
        "losses": [loss_case("rloo", name, options, inputs) for name, options in losses.items()],
        "advantages": [advantage_case("rloo", name, *given) for name, given in advantages.items()],
        "updates": [
            update_case("rloo", name, model, options, draw, group_size=group_size) for name, (model, options, group_size) in updates.items()
        ],
    }
