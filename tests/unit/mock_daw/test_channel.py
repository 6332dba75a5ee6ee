from threading import Event, Thread

import numpy as np

from mock_daw.channel import Channel
from mock_daw.project import Stem


def test_closing_waits_for_the_block_that_is_under_way():
    channel = Channel(Stem.from_array("Kick", np.zeros((100, 2)), 48_000))
    begun, go, done = Event(), Event(), []

    class Slow:
        def read(self, samples):
            begun.set()
            assert go.wait(5.0)
            done.append("read")
            return np.zeros((samples, 2), np.float32)

        def close(self):
            done.append("closed")

    channel._reader = Slow()
    threads = [Thread(target=channel.dry, args=(10,)), Thread(target=channel.close)]
    threads[0].start()
    assert begun.wait(5.0)
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(5.0)
    assert done == ["read", "closed"]
