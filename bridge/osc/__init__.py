"""DAWs over plain OSC: one pure file per dialect, and one that holds the socket."""
