"""A DAW of our own: audio engine and projects, so that everything runs offline."""
