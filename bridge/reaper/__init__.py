"""REAPER: preparing its resource folder, and its richer way beside OSC."""
