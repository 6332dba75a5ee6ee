"""The rhythm brain: what a drum part is, what the music asks of it, and the agent that writes it bar by bar."""
