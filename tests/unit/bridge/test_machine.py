import pytest

from bridge.connecting import Door
from bridge.machine import THIS, machine, machine_of


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", ""])
def test_this_machine_has_many_names(host):
    assert machine(host) == THIS


@pytest.mark.parametrize(("host", "name"), [("Studio.local", "studio.local"), ("192.168.1.5", "192.168.1.5")])
def test_another_machine_has_its_own(host, name):
    assert machine(host) == name


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("127.0.0.1:2307", THIS),
        ("localhost:8000", THIS),
        ("::1:2307", THIS),
        ("studio:2307", "studio"),
        ("/home/me/.config/REAPER/Faderbot/1", THIS),
        ("C:\\Users\\me\\REAPER\\Faderbot\\1", THIS),
        ("", THIS),
    ],
)
def test_a_way_tells_its_machine_and_a_folder_is_here(where, name):
    assert machine_of(where) == name


def test_a_door_through_files_is_here_whatever_the_host(tmp_path):
    assert Door("studio", through=tmp_path).machine == THIS
    assert (Door("studio").machine, Door("studio").local) == ("studio", False)
