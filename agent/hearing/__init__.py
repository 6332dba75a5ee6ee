"""How the agent hears: loudness, spectra, and the twin that predicts both without rendering."""
