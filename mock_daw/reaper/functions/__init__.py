"""REAPER's ReaScript functions, in the shape its Python binding gives them, over the mock's one session."""
