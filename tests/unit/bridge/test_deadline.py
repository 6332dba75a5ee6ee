from bridge.deadline import Deadline


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def test_what_one_wait_takes_is_not_there_for_the_next():
    clock = Clock()
    deadline = Deadline.after(5.0, clock)
    assert deadline.limit_s(3.0) == 3.0
    clock.now_s += 3.0
    assert deadline.limit_s(5.0) == 2.0
    clock.now_s += 1.5
    assert (deadline.left_s, deadline.limit_s(0.2)) == (0.5, 0.2)


def test_once_it_is_over_nothing_is_left():
    clock = Clock()
    deadline = Deadline.after(5.0, clock)
    clock.now_s += 7.0
    assert (deadline.left_s, deadline.limit_s(3.0)) == (0.0, 0.0)
