"""The mixing brain: what a mix is, how it should sound, and the agent that learns to get there.

Importing it gives its environments their names in Gymnasium: see ``agent.registered``.
"""

import gymnasium

gymnasium.register(
    "faderbot/Mix-v0", entry_point="agent.registered:mix", vector_entry_point="agent.registered:mix_vector"
)
gymnasium.register(
    "faderbot/Tune-v0", entry_point="agent.registered:tune", vector_entry_point="agent.registered:tune_vector"
)
gymnasium.register(
    "faderbot/Rhythm-v0", entry_point="agent.registered:rhythm", vector_entry_point="agent.registered:rhythm_vector"
)
