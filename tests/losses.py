"""Ways to lose OSC messages, for the stand-ins of DAWs: called with a message, they tell whether it gets lost."""

import numpy as np


def in_turn(*lost):
    """Lose the first message of each of these addresses, once."""
    left = list(lost)

    def loses(message):
        if message.address not in left:
            return False
        left.remove(message.address)
        return True

    return loses


def at_random(share, seed=0):
    """Lose that share of all."""
    draw = np.random.default_rng(seed)
    return lambda message: draw.random() < share
