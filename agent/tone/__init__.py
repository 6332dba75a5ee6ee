"""Automatic tuning of tone: volume and EQ moves that bring a track's or a mix's spectrum and loudness to a target's."""
