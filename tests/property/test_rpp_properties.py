import math
from typing import Any

import pytest
import rpp
from hypothesis import given
from hypothesis import strategies as st

from agent.session import FLAT_EQ, EqBand, Session, Settings, Strip, Track
from bridge.rpp import Item, ReaEqBand, decode_reaeq, encode_reaeq, project_text, reaeq_bands

gains_db = st.one_of(st.just(-math.inf), st.floats(-150.0, 12.0))
eq_gains_db = st.one_of(st.just(0.0), st.floats(-24.0, 24.0))


@st.composite
def strips(draw: st.DrawFn) -> Strip:
    bands = tuple(
        EqBand(band.shape, draw(st.floats(10.0, 24_000.0)), draw(eq_gains_db), draw(st.floats(0.01, 4.0)))
        for band in FLAT_EQ
    )
    high_pass_hz = draw(st.one_of(st.none(), st.floats(10.0, 2000.0)))
    return Strip(draw(gains_db), draw(st.floats(-1.0, 1.0)), bands, high_pass_hz)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    tracks = draw(st.lists(st.tuples(st.text(max_size=20), strips()), max_size=4))
    settings = Settings(
        tuple(strip for _, strip in tracks), draw(st.floats(-60.0, 24.0)), tempo_bpm=draw(st.floats(20.0, 400.0))
    )
    return Session(draw(st.text(max_size=10)), 48_000, 1.0, tuple(Track(name) for name, _ in tracks), settings)


def linear(gain_db: float) -> float:
    return 0.0 if gain_db == -math.inf else 10.0 ** (gain_db / 20.0)


def tracks_of(project: Any) -> list[Any]:
    return list(project.findall("TRACK"))


@given(sessions())
def test_any_settings_come_back(session: Session) -> None:
    project = rpp.loads(project_text(session, [None] * len(session.tracks)))
    assert float(project.find("TEMPO")[1]) == pytest.approx(session.settings.tempo_bpm)
    assert float(project.find("MASTER_VOLUME")[1]) == pytest.approx(linear(session.settings.master_gain_db))
    assert len(tracks_of(project)) == len(session.tracks)
    for track, strip in zip(tracks_of(project), session.settings.strips, strict=True):
        _, gain, pan, *_ = track.find("VOLPAN")
        assert float(gain) == pytest.approx(linear(strip.gain_db), abs=1e-13)
        assert float(pan) == pytest.approx(strip.pan, abs=1e-13)
        effects = track.find("FXCHAIN")
        if effects is None:
            assert not any(strip.eq_gains_db)
            assert strip.high_pass_hz is None
        else:
            assert decode_reaeq(list(effects.find("VST"))) == reaeq_bands(strip)


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=()), max_size=30), min_size=1, max_size=5))
def test_any_names_come_back_but_for_what_a_line_can_not_hold(names: list[str]) -> None:
    session = Session("\ud800", 48_000, 1.0, tuple(map(Track, names)), Settings((Strip(),) * len(names)))
    text = project_text(session, [Item("a.wav", 1.0)] * len(names))
    text.encode("utf-8")
    read = [track.find("NAME")[1] for track in tracks_of(rpp.loads(text))]
    for name, back in zip(names, read, strict=True):
        assert len(back) == len(name)
        changed = {(was, now) for was, now in zip(name, back, strict=True) if was != now}
        assert {now for _, now in changed} <= {" ", "'"}
        assert all(was == "`" or not was.isprintable() for was, _ in changed)
        if not set("\"'`") <= set(name) and name.isprintable():
            assert back == name


@given(
    st.lists(
        st.builds(
            ReaEqBand,
            kind=st.integers(0, 20),
            freq_hz=st.floats(1.0, 24_000.0),
            gain_linear=st.floats(0.0, 16.0),
            bandwidth_oct=st.floats(0.01, 4.0),
            enabled=st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_bands_come_back_exactly(bands: list[ReaEqBand]) -> None:
    lines = encode_reaeq(bands)
    assert decode_reaeq(lines) == tuple(bands)
    assert all(len(line) <= 128 for line in lines)
