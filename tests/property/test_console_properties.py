import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.session import Strip
from bridge.changes import same
from bridge.desk import DeskWrite
from bridge.osc import x32, x32_eq
from bridge.osc.dialect_file import DialectUnreadable, parse
from bridge.osc.dialect_line import DialectLine
from bridge.osc.dialect_words import What, Words
from bridge.osc.fader_laws import NAMED, X32, Curve, Decibels, Factor, Fader, Law
from bridge.osc.packets import Message, packed, unpacked
from bridge.osc.x32_line import X32Line
from bridge.osc.x32_meters import peaks_dbfs
from bridge.osc.x32_scales import EQ_FREQ_HZ, EQ_GAIN_DB, EQ_Q, TRIM, Scale
from tests.dialect_mixers import BY_ADDRESS, BY_QUESTION, BY_REFRESH, by_address
from tests.x32_consoles import Console

BENT = Curve(((0.0, -math.inf), (0.1, -50.0), (0.6, -12.0), (1.0, 6.0)))
laws = st.sampled_from([*NAMED.values(), BENT, Decibels(-150.0, 12.0), Factor(12.0)])
reached_db = st.floats(-40.0, 6.0, width=32)
gains_db = st.one_of(st.floats(-80.0, 10.0), st.just(-math.inf))
scales = st.sampled_from([EQ_FREQ_HZ, EQ_GAIN_DB, EQ_Q, TRIM])
shares = st.floats(0.0, 1.0)
texts = st.text(max_size=12)
arguments = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.floats(width=32), texts, st.binary(max_size=40), st.booleans()
)


@given(laws, reached_db)
def test_a_gain_goes_there_and_back(law: Law, db: float):
    assert law.db(law.value(db)) == pytest.approx(db, abs=0.1)


@given(laws, reached_db, reached_db)
def test_more_gain_is_a_higher_value(law: Law, one: float, other: float):
    if one + 0.05 < other:
        assert law.value(one) < law.value(other)


@given(st.sampled_from([*NAMED.values(), BENT]), shares, shares)
def test_laws_rise(law: Law, one: float, other: float):
    low, high = sorted((one, other))
    assert law.db(low) <= law.db(high) + 0.02  # Live's is in pieces that were fitted


@given(st.integers(0, 1023))
def test_every_step_of_an_x32_is_itself(step):
    fader = Fader(X32, 1023)
    assert fader.value(fader.db(step / 1023)) == step / 1023


@given(gains_db)
def test_an_x32_holds_the_nearest_step(db):
    fader = Fader(X32, 1023)
    held = fader.value(db)
    here_db = abs(fader.held_db(db) - db) if db > -89.0 else 0.0
    for other in (held - 1 / 1023, held + 1 / 1023):
        if db > -89.0 and 0.0 < other <= 1.0:
            assert here_db <= abs(X32.db(other) - db) + 0.08  # at a knee the nearest place is not the nearest gain


@given(scales, shares)
def test_a_scale_keeps_its_steps(scale: Scale, share: float):
    value = scale.value(share)
    assert scale.value(scale.position(value)) == value
    assert abs(scale.position(value) - share) <= 0.5 / (scale.steps - 1) + 1e-12


@given(st.lists(st.floats(-15.0, 15.0), min_size=4, max_size=4), st.sampled_from([44_100, 48_000]))
def test_an_eq_is_read_back_as_it_was_laid_out(gains, rate_hz):
    law = x32_eq.ChannelEq()
    bands = law.bands(Strip().with_eq_gains(tuple(gains)), rate_hz)
    told = {address: float(value) for address, value in x32_eq.written("/ch/07/eq", bands)}
    read = x32_eq.read("/ch/07/eq", told)
    assert same(read, bands)
    assert law.eq(read, rate_hz) is not None


@given(st.lists(st.tuples(gains_db, gains_db), min_size=1, max_size=6), gains_db)
def test_an_x32s_faders_stand_where_they_are_put(pairs, master_db):
    console = Console(*(f"T{n}" for n in range(len(pairs))))
    for number, (found_db, _) in enumerate(pairs, 1):
        console.put(number, "mix/fader", x32.FADER.value(found_db))
    line = X32Line(console, "", clock=console.clock)
    wanted = {0: master_db, **{number: db for number, (_, db) in enumerate(pairs, 1)}}
    line.write(DeskWrite(wanted))
    desk = line.read()
    assert {number: desk.gain_db(number) for number in wanted} == {n: line.held_db(n, db) for n, db in wanted.items()}


@given(st.lists(st.builds(Message, st.sampled_from(x32.first_asked(x32.X32, 2)), st.tuples(arguments)), max_size=8))
def test_a_console_may_say_anything(said):
    values = {"/main/st/mix/fader": 0.5, **dict(filter(None, map(x32.heard, said)))}
    for address in x32.first_asked(x32.X32, 2):
        values.setdefault(address, "Kick" if address.endswith("name") else 0.5)
    x32.desk(x32.X32, values, x32.present(values, 2), "")


@given(st.binary(max_size=500), st.sampled_from([*x32.X32.banks, *x32.XAIR.banks]))
def test_any_bytes_are_meters_or_none(blob, bank):
    shown = peaks_dbfs(bank, blob)
    assert shown is None or len(shown) == bank.size


dialects = st.sampled_from([parse(text, "") for text in (BY_ADDRESS.format(count=64), BY_QUESTION, BY_REFRESH)])


@given(dialects, st.integers(1, 64), st.floats(0.0, 1.0, width=32))
def test_what_is_set_in_a_dialect_is_heard_in_it(dialect, number, value):
    words = Words(dialect)
    (message,) = unpacked(next(packed([words.setting((What.FADER, number), value)])))
    assert words.heard(message) == ((What.FADER, number), value)


@given(dialects, st.integers(1, 64))
def test_a_question_is_about_who_it_is_about(dialect, number):
    words = Words(dialect)
    question = words.question((What.FADER, number))
    told = Message(question.address, (*question.arguments, 0.5))
    assert words.heard(told) == ((What.FADER, number), 0.5)
    assert words.heard(question) is None


addresses = st.sampled_from(["/in/000/gain", "/in/7/name", "/get/gain", "/track/1/volume", "/in/99999999999/gain", "/"])


@given(dialects, st.lists(st.builds(Message, addresses, st.lists(arguments, max_size=3).map(tuple)), max_size=6))
def test_a_mixer_may_say_anything(dialect, said):
    words = Words(dialect)
    for message in said:
        words.heard(message)


@given(st.lists(st.tuples(gains_db, gains_db), min_size=1, max_size=6))
def test_the_faders_of_a_dialect_stand_where_they_are_put(pairs):
    mixer = by_address(*(f"T{n}" for n in range(len(pairs))))
    for number, (found_db, _) in enumerate(pairs):
        mixer.values[f"/in/{number:03d}/gain",] = max(found_db, -90.0)
    line = DialectLine(mixer, "", parse(BY_ADDRESS.format(count=len(pairs)), ""), clock=mixer.clock)
    wanted = {number: db for number, (_, db) in enumerate(pairs, 1)}
    line.write(DeskWrite(wanted))
    desk = line.read()
    for number, db in wanted.items():
        assert desk.gain_db(number) == pytest.approx(line.held_db(number, db), abs=0.005)


@given(st.one_of(st.text(max_size=200), st.text(max_size=40).map(lambda text: BY_QUESTION.replace("Rack", text))))
def test_any_text_is_a_dialect_or_is_said_to_be_none(text):
    said = ""
    try:
        parse(text, "file.toml")
    except DialectUnreadable as error:
        said = str(error)
    assert not said or said.startswith("file.toml, line ")
