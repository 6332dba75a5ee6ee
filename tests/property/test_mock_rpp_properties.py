import contextlib
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_daw.errors import ProjectError
from mock_daw.midi import Control, Midi, Note, Text
from mock_daw.reaeq_chunk import UnreadableChunkError, decode, encode
from mock_daw.rpp import read_project, with_track_chunk
from mock_daw.rpp_reading import Media
from mock_daw.rpp_saving import project_text, track_chunk
from mock_daw.rpp_text import UnreadableTextError, quoted, words
from mock_daw.session import (
    Automation,
    Effect,
    Envelope,
    EqBand,
    EqKind,
    Equaliser,
    Fade,
    Item,
    Marker,
    Point,
    Send,
    SendMode,
    Session,
    Source,
    Take,
    Track,
    guid,
)

PATH = Path("/songs/song.RPP")
LINES = (
    *("<SOURCE MIDI", "HASDATA 1 960 QN", "E 0 90 3c 60", "E 480 80 3c 00", "E", "em", "<X 0 0", "/wVsYQ=="),
    *("<REAPER_PROJECT 0.1", "<TRACK {1}", "<ITEM", "<SOURCE WAVE", "<SOURCE SECTION", "<FXCHAIN", "<TEMPOENVEX", ">"),
    *("<VST VST 0 0 x 1919247729", "<JS a", "<VOLENV2", "<EXTSTATE", "<METRONOME 7", "<MASTERFXLIST", "<TAKEFX", "<"),
    *("NAME", "VOLPAN", "MUTESOLO", "ISBUS", "REC", "AUXRECV", "FADEIN", "PLAYRATE", "TAKE SEL", "TAKE NULL", "MARKER"),
    *("PT", "BYPASS", "FXID", "FILE", "TEMPO", "SAMPLERATE", "SELECTION", "POSITION", "LENGTH", "PEAKCOL", "NCHAN"),
)
odd_words = st.one_of(
    st.floats().map(str), st.integers().map(str), st.text(max_size=6), st.sampled_from(["1e308", "-1", '"', "''", "٣"])
)
odd_lines = st.tuples(st.sampled_from(LINES), st.lists(odd_words, max_size=5)).map(
    lambda pair: " ".join((pair[0], *pair[1]))
)
odd_texts = st.one_of(
    st.text(), st.lists(odd_lines, max_size=25).map(lambda lines: "\n".join((LINES[0], *lines, *">>>>>>>>>")))
)

# A line holds no line break; a text with all three quotes loses its back-ticks, as REAPER's do.
plain = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
texts = st.text(plain, max_size=12).filter(lambda text: not set("\"'`") <= set(text))
sides = st.floats(-1.0, 1.0)
gains = st.floats(0.0, 16.0)
seconds = st.floats(0.0, 1e5)
flags = st.booleans()
colors = st.one_of(st.just(0), st.integers(0x1000000, 0x1FFFFFF))
bands = st.builds(EqBand, st.sampled_from(EqKind), st.floats(1.0, 24_000.0), gains, st.floats(0.01, 4.0), flags)
equalisers = st.builds(Equaliser, st.lists(bands, max_size=8).map(tuple), gains)
fades = st.builds(Fade, seconds, st.integers(0, 6))
# Of two notes of one pitch that overlap a file can not tell which ends first: here none do.
bytes_7 = st.integers(0, 127)
notes = st.lists(
    st.builds(
        lambda place, pitch, velocity, channel, flags, release: Note(
            960 * place, 960 * place + 480, pitch, velocity, channel, *flags, release
        ),
        st.integers(0, 50),
        bytes_7,
        st.integers(1, 127),
        st.integers(0, 15),
        st.tuples(flags, flags),
        bytes_7,
    ),
    max_size=6,
    unique_by=lambda note: (note.start, note.pitch, note.channel),
)
controls = st.lists(
    st.builds(
        lambda tick, status, second, third, marks: Control(tick, bytes((status, second, third)), *marks),
        st.integers(0, 50_000),
        st.integers(0xA0, 0xBF),
        bytes_7,
        bytes_7,
        st.tuples(flags, flags),
    ),
    max_size=3,
)
lyrics = st.lists(
    st.builds(Text, st.integers(0, 50_000), st.integers(1, 15), st.binary(max_size=200), flags, flags), max_size=3
)
midis = st.builds(
    lambda notes, controls, texts, end, ppq: (
        Midi(tuple(notes), tuple(controls), tuple(texts), end, ppq).in_order().lasting()
    ),
    notes,
    controls,
    lyrics,
    st.integers(0, 10**6),
    st.integers(1, 10_000),
)
sources = st.one_of(
    st.builds(lambda midi: Source("MIDI", midi=midi), st.none() | midis),
    st.builds(
        lambda name: Source("WAVE", PATH.parent / f"{name}.wav", 2.0, 44_100, 2),
        st.text(plain, min_size=1, max_size=8).filter(
            lambda name: not set(name) & set("/\"'`\\") and name.strip() == name
        ),
    ),
)


def find_media(name: str) -> Media:
    return Media(PATH.parent / name, 2.0, 44_100, 2)


@st.composite
def effects(draw: st.DrawFn, owner: str) -> tuple[Effect, ...]:
    reaeqs = draw(st.lists(st.tuples(texts, flags, flags, texts, equalisers), max_size=2))
    return tuple(
        Effect(
            guid(owner, "fx", place),
            "VST: ReaEQ (Cockos)",
            alias,
            enabled,
            offline,
            preset,
            equaliser,
            ident="reaeq.dll",
            chunk=('VST "VST: ReaEQ (Cockos)" reaeq.dll 0 "" 1919247729 ""', *encode(equaliser)),
        )
        for place, (alias, enabled, offline, preset, equaliser) in enumerate(reaeqs)
    )


@st.composite
def items(draw: st.DrawFn, owner: str) -> Item:
    take = Take(
        guid(owner, "take"),
        draw(texts),
        draw(sources),
        draw(seconds),
        draw(st.floats(0.01, 10.0)),
        draw(st.floats(-16.0, 16.0)),
        draw(sides),
        draw(st.integers(0, 257)),
        draw(st.floats(-48.0, 48.0)),
        draw(flags),
        draw(effects(f"{owner} take")),
    )
    has_take = draw(flags)
    return Item(
        guid(owner, "item"),
        draw(seconds),
        draw(seconds),
        take if has_take else None,
        draw(st.integers(1, 3)) if has_take else 0,
        draw(gains),
        draw(fades),
        draw(fades),
        *(draw(flags) for _ in range(4)),
        draw(st.integers(-1, 2)),
    )


@st.composite
def tracks(draw: st.DrawFn, place: int, count: int) -> Track:
    me = guid("track", place)
    # In the order of the tracks that receive, since there a file has them.
    to = sorted(draw(st.lists(st.integers(0, count - 1), max_size=3)))
    sends = tuple(
        Send(
            guid("send", me, guid("track", other), to[:k].count(other)),
            guid("track", other),
            draw(gains),
            draw(sides),
            draw(flags),
            draw(st.sampled_from(SendMode)),
            draw(flags),
            draw(flags),
        )
        for k, other in enumerate(to)
    )
    points = st.lists(st.builds(Point, seconds, gains, st.integers(0, 5)), max_size=3).map(tuple)
    envelopes = tuple(
        Envelope(guid(me, name), name, draw(points), draw(flags), draw(flags))
        for name in draw(st.lists(st.sampled_from(["Volume", "Pan", "Mute", "Trim Volume"]), max_size=2, unique=True))
    )
    return Track(
        me,
        draw(texts),
        draw(gains),
        draw(sides),
        draw(sides),
        draw(st.sampled_from([-1, 0, 3, 5, 6])),
        draw(flags),
        draw(st.integers(0, 2)),
        draw(flags),
        draw(st.integers(0, 2)),
        *(draw(flags) for _ in range(3)),
        draw(st.integers(-3, 1)),
        draw(flags),
        draw(flags),
        draw(effects(me)),
        sends,
        tuple(draw(items(f"{me} {k}")) for k in range(draw(st.integers(0, 2)))),
        envelopes,
        draw(st.sampled_from(Automation)),
        draw(colors),
        draw(st.integers(2, 128)),
        draw(st.dictionaries(st.text("abc", min_size=1), texts, max_size=2)),
        draw(st.integers(-1, 2)),
    )


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    count = draw(st.integers(0, 3))
    start_s, end_s = sorted((draw(seconds), draw(seconds)))
    regions = draw(st.lists(st.tuples(seconds, st.one_of(st.none(), seconds), texts, colors), max_size=3))
    markers = tuple(
        Marker(guid("marker", k), k, position_s, None if length_s is None else position_s + length_s, name, color)
        for k, (position_s, length_s, name, color) in enumerate(regions)
    )
    ext_state = st.dictionaries(texts, st.dictionaries(texts, texts, max_size=2), max_size=2)
    master = Session("", 1, ()).master
    return Session(
        "song",
        draw(st.sampled_from([44_100, 48_000, 96_000])),
        tuple(draw(tracks(place, count)) for place in range(count)),
        replace(master, gain_linear=draw(gains), pan=draw(sides), muted=draw(flags), effects=draw(effects("master"))),
        PATH,
        draw(st.floats(1.0, 960.0)),
        draw(st.integers(1, 16)),
        draw(st.sampled_from([1, 2, 4, 8])),
        markers,
        start_s,
        end_s,
        draw(flags),
        draw(flags),
        draw(st.floats(0.25, 4.0)),
        draw(st.integers(-1, 6)),
        draw(ext_state),
        timebase=draw(st.integers(0, 2)),
    )


@given(odd_texts)
def test_any_text_is_a_session_or_a_refusal(text: str) -> None:
    with contextlib.suppress(ProjectError):
        session = read_project(text, PATH, find_media)
        values = [track.gain_linear for track in session.tracks] + [session.length_s, session.tempo_bpm]
        assert all(math.isfinite(value) and value >= 0.0 for value in values)
        assert len({track.guid for track in session.tracks}) == len(session.tracks)
        again = read_project(project_text(session), PATH, find_media)
        assert [track.guid for track in again.tracks] == [track.guid for track in session.tracks]


def without_what_is_written_anew(session: Session) -> Any:
    """A ReaEQ's opening line has the user's name of it in the file, and not in these sessions."""

    def fresh(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(replace(effect, chunk=effect.chunk[1:]) for effect in effects)

    def of_item(item: Item) -> Item:
        return replace(item, take=replace(item.take, effects=fresh(item.take.effects))) if item.take else item

    def of_track(track: Track) -> Track:
        return replace(track, effects=fresh(track.effects), items=tuple(map(of_item, track.items)))

    return replace(session, tracks=tuple(map(of_track, session.tracks)), master=of_track(session.master), notes=())


@given(sessions())
def test_a_session_survives_its_file(session: Session) -> None:
    opened = read_project(project_text(session), PATH, find_media)
    assert without_what_is_written_anew(opened) == without_what_is_written_anew(session)
    assert project_text(opened) == project_text(session)


@given(sessions(), st.data())
def test_a_track_survives_its_chunk(session: Session, data: st.DataObject) -> None:
    opened = read_project(project_text(session), PATH, find_media)
    number = data.draw(st.integers(0, len(opened.tracks)))
    assert with_track_chunk(opened, number, track_chunk(opened, number)) == opened


@given(odd_texts)
def test_any_chunk_is_a_track_or_a_refusal(text: str) -> None:
    session = Session("song", 48_000, (Track(guid("a")), Track(guid("b"))))
    with contextlib.suppress(UnreadableTextError):
        changed = with_track_chunk(session, 1, text)
        assert len(changed.tracks) == 2


@given(st.lists(texts))
def test_words_survive_their_quotes(values: list[str]) -> None:
    assert words(" ".join(map(quoted, values))) == tuple(values)


@given(st.lists(st.one_of(st.text(max_size=40), st.binary(max_size=60).map(bytes.hex)), max_size=4))
def test_any_lines_are_an_equaliser_or_a_refusal(lines: list[str]) -> None:
    with contextlib.suppress(UnreadableChunkError):
        decode(lines)


@given(equalisers, equalisers)
def test_an_equaliser_survives_its_state_whatever_it_was_before(equaliser: Equaliser, earlier: Equaliser) -> None:
    assert decode(encode(equaliser)) == equaliser
    assert decode(encode(equaliser, encode(earlier))) == equaliser
