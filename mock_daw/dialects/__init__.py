"""The OSC of other DAWs and of mixing consoles, served over the mock's one session."""
