"""Arguments of the mock's command line."""

import pytest

from mock_daw.arguments import address, speed, user, with_default_ports
from mock_daw.errors import StartError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["song", "--osc"], ["song", "--osc", "8000"]),
        (["--osc", "--web", "--reapy", "song"], ["--osc", "8000", "--web", "2307", "--reapy", "2306", "song"]),
        (["song", "--osc", "0", "--web", "99"], ["song", "--osc", "0", "--web", "99"]),
        (["song", "--osc=5"], ["song", "--osc=5"]),
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
