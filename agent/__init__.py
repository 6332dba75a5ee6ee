"""The mixing brain: what a mix is, how it should sound, and the agent that learns to get there."""
