"""A song in REAPER, with the program on the PATH, and scripts that see or do not see OSARA."""

import pytest

from tests.lua_reaper import LuaReaper
from tests.unit.daw_scripts.songs import song


@pytest.fixture
def program(tmp_path, monkeypatch):
    folder = tmp_path / "bin of mine"
    folder.mkdir()
    (folder / "faderbot").write_text("")
    monkeypatch.setenv("PATH", str(folder))
    return folder / "faderbot"


@pytest.fixture
def live(tmp_path):
    return song(tmp_path)


@pytest.fixture
def lua(live, tmp_path):
    made = LuaReaper(live, tmp_path)
    yield made
    made.end()


@pytest.fixture
def blind(live, tmp_path):
    made = LuaReaper(live, tmp_path, more=["osara_outputMessage", "set_action_options"])
    yield made
    made.end()
