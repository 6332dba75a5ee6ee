"""Arguments of the mock's command line."""

import pytest

from mock_daw.arguments import address, opening, speed, user, with_default_ports
from mock_daw.dialects.letters import Opening
from mock_daw.errors import StartError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["song", "--osc"], ["song", "--osc", "8000"]),
        (["--osc", "--web", "--reapy", "song"], ["--osc", "8000", "--web", "2307", "--reapy", "2306", "song"]),
        (["song", "--osc", "0", "--web", "99"], ["song", "--osc", "0", "--web", "99"]),
        (["song", "--osc=5"], ["song", "--osc=5"]),
        (["--ardour", "--x32", "song"], ["--ardour", "3819", "--x32", "10023", "song"]),
        (["--ableton", "1:2", "--bitwig"], ["--ableton", "1:2", "--bitwig", "8000"]),
        ([], []),
    ],
)
def test_an_endpoint_without_a_port_gets_reapers(given, wanted):
    assert with_default_ports(given) == wanted


def test_an_address_has_a_host_and_a_port():
    assert address("127.0.0.1:9000") == ("127.0.0.1", 9000)
    for wrong in ("9000", ":9000", "host:", "host:x", ""):
        with pytest.raises(StartError, match=r"127\.0\.0\.1:9000"):
            address(wrong)


def test_a_dialect_has_the_ports_that_it_needs():
    assert opening("x32", "0") == Opening("x32", 0)
    assert opening("ableton", "11000") == Opening("ableton", 11_000, 11_001)
    assert opening("ableton", "0:7000") == Opening("ableton", 0, 7000)
    assert opening("bitwig", "8000:9000:16384") == Opening("bitwig", 8000, 9000, 16_384)
    for name, wrong in (("x32", "1:2"), ("x32", "x"), ("ableton", "1:2:3"), ("ableton", "1:0"), ("bitwig", "1:70000")):
        with pytest.raises(StartError, match=f"no ports for --{name}"):
            opening(name, wrong)
    with pytest.raises(StartError, match="take 128, 1024 or 16384"):
        opening("bitwig", "1:2:3")


def test_a_user_has_a_password_which_may_hold_colons():
    assert user(None) is None
    assert user("me:se:cret") == ("me", "se:cret")
    with pytest.raises(StartError, match="USER:PASSWORD"):
        user("me")


def test_a_speed_is_a_factor_or_max():
    assert [speed("max"), speed("1"), speed("0.5"), speed("50")] == ["max", 1.0, 0.5, 50.0]
    for wrong in ("0", "-1", "nan", "inf", "fast", "", "1e9"):
        with pytest.raises(StartError, match="speed"):
            speed(wrong)
