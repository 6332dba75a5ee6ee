from bridge.osc.packets import Message
from bridge.osc.singly import Singly


class Line:
    def __init__(self):
        self.sent, self.closed = [], False

    def send(self, messages):
        self.sent.append(list(messages))

    def receive(self, limit_s):
        return [Message("/told", (limit_s,))]

    def close(self):
        self.closed = True


def test_each_message_is_a_packet_of_its_own():
    line = Line()
    link = Singly(line)
    link.send([Message("/one"), Message("/two")])
    assert line.sent == [[Message("/one")], [Message("/two")]]
    assert link.receive(0.5) == [Message("/told", (0.5,))]
    link.close()
    assert line.closed
