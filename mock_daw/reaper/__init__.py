"""REAPER as its clients see it: OSC surface, web interface, ReaScript functions for reapy."""
