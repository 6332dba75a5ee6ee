"""The signal path of a track, and how many of them are run at once."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from mock_daw.equalizer import Equalizer
from mock_daw.project import Project
from mock_daw.stem import Stem
from mock_daw.strip import Strip

FloatArray = NDArray[np.float32]
Source = Callable[[int], FloatArray]


class Channel:
    """Plays one track from a sample on: stem, EQ, fader, pan. Owns the stem's reader and the EQ's state."""

    def __init__(self, stem: Stem, start_sample: int = 0) -> None:
        self._reader = stem.reader(start_sample)
        # A pool that is interrupted while it starts a thread forgets that one, and closes while it still reads.
        self._reading = Lock()
        self._equalizer = Equalizer(stem.session_rate_hz)

    def dry(self, samples: int) -> FloatArray:
        """Return the next block (samples, 2) before EQ, fader and pan; silence once the stem has ended."""
        with self._reading:
            audio = self._reader.read(samples)
        return audio if len(audio) == samples else np.pad(audio, ((0, samples - len(audio)), (0, 0)))

    def wet(self, samples: int, strip: Strip) -> FloatArray:
        """Return the next block (samples, 2) as it leaves a strip that is set like this."""
        self._equalizer.set(strip.eq, strip.high_pass_hz)
        return self._equalizer.filter(self.dry(samples)) * strip.side_gains

    def close(self) -> None:
        """Close the stem's file, once a block that is under way is there."""
        with self._reading:
            self._reader.close()


@contextmanager
def channels(project: Project, start_sample: int = 0) -> Iterator[tuple[Channel, ...]]:
    """Open a channel for every track and close them all at the end."""
    opened = tuple(Channel(stem, start_sample) for stem in project.tracks)
    try:
        yield opened
    finally:
        for channel in opened:
            channel.close()


def in_parallel(sources: Sequence[Source], sizes: Iterable[int]) -> Generator[list[FloatArray]]:
    """Yield one block of every source for each size, while the next ones are worked on by as many threads as cores.

    libsndfile, soxr and scipy's filters all let other threads run. No source is called twice at a time.
    """
    workers = max(1, min(len(sources), os.cpu_count() or 1))
    with ThreadPoolExecutor(workers, "mock_daw") as pool:
        under_way = None
        for size in sizes:
            blocks = None if under_way is None else [future.result() for future in under_way]
            under_way = [pool.submit(source, size) for source in sources]
            if blocks is not None:
                yield blocks
        if under_way is not None:
            yield [future.result() for future in under_way]
