"""Runs a plan on audio, block by block."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mock_daw.curves import envelope_gain
from mock_daw.graph import Feed, Node, Plan
from mock_daw.item_audio import ItemAudio
from mock_daw.reaeq_filters import Audio, Filters, FilterState
from mock_daw.routing import UNITY, Matrix
from mock_daw.session import SendMode

FloatArray = NDArray[np.float32]


class Mixer:
    """Owns what the tracks remember from block to block: open files and the memory of filters."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._items = ItemAudio(rate_hz)
        self._filters = Filters()

    @property
    def notes(self) -> tuple[str, ...]:
        """A line on each file that is silent since it can not be read."""
        return self._items.notes

    @property
    def state(self) -> Mapping[str, FilterState]:
        """What the filters remember now, to be given to ``restore``."""
        return self._filters.state

    def restore(self, state: Mapping[str, FilterState]) -> None:
        """Go back to an earlier state; an empty one puts all filters at rest."""
        self._filters.restore(state)

    def close(self) -> None:
        """Close all files and put the filters at rest."""
        self._items.close()
        self._filters.restore({})

    def mix(self, plan: Plan, start: int, samples: int) -> FloatArray:
        """Return what leaves each track after its fader, float32 (rows, 2, samples): row 0 the master, n track n."""
        outputs = np.zeros((plan.rows, 2, samples), np.float32)
        taps: dict[tuple[int, SendMode], Audio] = {}
        for node in plan.nodes:
            signal = self._input(node, taps, start, samples)
            if signal is None:
                continue
            filtered = self._filters.run(node.guid, node.chain, signal)
            output = outputs[node.number]
            _pass(filtered, node.output, output)
            if node.envelope:
                output *= envelope_gain(node.envelope, start, samples, self._rate_hz).astype(np.float32)
            if node.pan_envelope:
                left = envelope_gain(node.pan_envelope, start, samples, self._rate_hz).clip(-1.0, 1.0)
                output *= np.minimum(1.0, 1.0 + np.stack([left, -left])).astype(np.float32)
            taps[node.number, SendMode.POST_FADER] = output
            if node.tapped:
                taps[node.number, SendMode.PRE_FX] = signal
                taps[node.number, SendMode.PRE_FADER] = filtered
        return outputs

    def keep_only(self, plan: Plan) -> None:
        """Close the files of tracks that are not in the plan, and put their filters at rest."""
        owners = [node.guid for node in plan.nodes]
        self._items.keep_only(owners)
        self._filters.keep_only(owners)

    def _input(self, node: Node, taps: Mapping[tuple[int, SendMode], Audio], start: int, samples: int) -> Audio | None:
        """Return (2, samples) of what goes into a node's effects; None if all is silent and nothing rings on."""
        dry = None
        if node.items:
            dry = self._items.read(node.guid, node.items, start, samples, node.drum_tempo_bpm)
        sounding = [feed for feed in node.feeds if (feed.source, feed.tap) in taps]
        if not sounding:
            return np.zeros((2, samples), np.float32) if dry is None and not self._filters.resting(node.guid) else dry
        total = np.zeros((2, samples), np.float32) if dry is None else dry.copy()
        for feed in sounding:
            _add(total, feed, taps[feed.source, feed.tap])
        return total


def _add(total: FloatArray, feed: Feed, audio: Audio) -> None:
    if feed.gains == UNITY:
        np.add(total, audio, out=total, casting="same_kind")
        return
    sent = np.empty_like(total)
    _pass(audio, feed.gains, sent)
    total += sent


def _pass(audio: Audio, gains: Matrix, output: FloatArray) -> None:
    """Write a signal (2, samples) that went through gains."""
    left_left, right_left, left_right, right_right = gains
    if right_left == left_right == 0.0:
        np.multiply(audio, np.array([[left_left], [right_right]]), out=output, casting="same_kind")
    else:
        output[:] = np.array([[left_left, right_left], [left_right, right_right]]) @ audio
