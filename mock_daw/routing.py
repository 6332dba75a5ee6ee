"""Gains of faders, pans and sends, each as a matrix of two by two: what goes from left and right to left and right."""

from mock_daw.session import Send, Track

Matrix = tuple[float, float, float, float]  # left to left, right to left, left to right, right to right

UNITY: Matrix = (1.0, 0.0, 0.0, 1.0)
STEREO_PAN = 5


def balance(pan: float) -> tuple[float, float]:
    """Return the gains (left, right) of a pan in [-1, 1]: REAPER's stereo balance with a pan law of 0 dB."""
    return min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)


def output_gains(track: Track) -> Matrix:
    """Return fader, pan, width and phase of a track.

    Pan is a balance in every pan mode. Width counts in mode 5 ("stereo pan") alone, the one that shows it: 1 leaves
    the sides as they are, 0 makes them one, -1 swaps them. The second pan of mode 6 ("dual pan") is not kept.
    """
    gain = -track.gain_linear if track.phase_inverted else track.gain_linear
    left, right = (gain * side for side in balance(track.pan))
    width = track.width if track.pan_mode == STEREO_PAN else 1.0
    near, far = (1.0 + width) / 2.0, (1.0 - width) / 2.0
    return left * near, left * far, right * far, right * near


def send_gains(send: Send) -> Matrix:
    """Return gain, pan, phase and mono of a send; mono is the mean of both sides."""
    gain = -send.gain_linear if send.phase_inverted else send.gain_linear
    left, right = (gain * side for side in balance(send.pan))
    near, far = (0.5, 0.5) if send.mono else (1.0, 0.0)
    return left * near, left * far, right * far, right * near
