"""``faderbot`` with DAWs that are no REAPER: the console programs of both sides, over UDP."""

import json

import pytest

from tests.integration.test_cli_daw import db, faderbot, gains, state
from tests.mixes import write_song
from tests.running_mocks import running

__all__ = ["faderbot", "state"]  # fixtures
LISTENED_S = 10


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("other") / "song")


@pytest.fixture(params=["ardour"])
def called(request):
    return request.param


@pytest.fixture
def daw(song, called):
    """Run a mock DAW that answers as another does; REAPER's web interface is there to look on."""
    with running(song, f"--{called}", 0, "--web", 0, "--tick-ms", 0) as mock:
        yield mock


def at(daw, called):
    return ("--daw", called, "--osc-port", daw.endpoints[called][1])


def test_it_is_mixed_from_stems_and_brought_back(faderbot, song, daw, called):
    before = gains(daw)
    assert "3 tracks" in faderbot("doctor", *at(daw, called))
    document = json.loads(faderbot("mix", song, *at(daw, called), "--target", -20, "--json"))
    after = gains(daw)
    assert document["daw"].casefold() == called
    for gain, track in zip(after[1:], document["tracks"], strict=True):
        assert db(gain) == pytest.approx(track["after"]["gain_db"], abs=0.1)
    assert after != pytest.approx(before)
    assert "last job: Faderbot: auto-mix (3 tracks)" in faderbot("status", *at(daw, called))
    assert "as they were before" in faderbot("undo", *at(daw, called))
    assert gains(daw) == pytest.approx(before, rel=1e-3)


def test_without_stems_it_is_played_and_mixed_by_its_meters(faderbot, daw, called):
    before = gains(daw)
    said = " ".join(faderbot("mix", *at(daw, called), "--listen", LISTENED_S).split())
    assert "mixed by meters alone" in said
    assert f"To take it back: faderbot undo --daw {called}" in said
    assert gains(daw) != pytest.approx(before)
    faderbot("undo", *at(daw, called))
    assert gains(daw) == pytest.approx(before, rel=1e-3)


def test_a_daw_that_is_not_there_is_one_line(faderbot, song, called):
    said = faderbot("mix", song, "--daw", called, "--osc-port", 1, code=2)
    assert len(said.strip().splitlines()) == 1
    assert called in said.casefold()


def test_a_daw_that_nobody_knows_is_named(faderbot, song):
    said = faderbot("mix", song, "--daw", "cubase", code=2)
    assert "no DAW is called 'cubase' here" in said
    assert "ardour" in said


def test_audio_needs_a_folder(faderbot, called):
    said = " ".join(faderbot("mix", "--daw", called, "--hear", "audio", code=2).split())
    assert "name the folder of stems too" in said


def test_reaper_over_osc_alone_has_no_meters_to_mix_by(faderbot):
    said = faderbot("mix", "--daw", "osc", "--hear", "meters", code=2)
    assert "through reapy or the button" in said
