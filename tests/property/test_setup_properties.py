from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.reaper.draft import EXTSTATE_INI, KB_INI, PATTERN, REAPER_INI, SetupError
from bridge.reaper.ini import Ini, IniUnreadable
from bridge.reaper.setup import Host, Wanted, plan_removal, plan_setup

SCRIPT = "/venv/activate_reapy_server.py"
FILES = {"Faderbot_Auto-mix.lua": b"-- main\n", "Faderbot_Undo it.lua": b"-- undo\n", "Faderbot/job.lua": b"-- job\n"}
HOST = Host(
    b"pattern\n",
    SCRIPT,
    ("/usr/lib", "libpython3.11.so"),
    lambda path: path == SCRIPT,
    FILES,
    "/venv/bin/faderbot",
)

# What REAPER's files are made of, well formed or not, so that chance finds its way to the places that are edited.
pieces = st.sampled_from(
    [
        b"[REAPER]", b"[reaper]", b"[ Reaper ]x", b"[other]", b"[reapy]", b"[", b"]", b"=", b" ", b";", b"\xef\xbb\xbf",
        b"csurf_cnt=0", b"csurf_cnt=1", b"CSURF_CNT = 02 ", b"csurf_0=", b"csurf_1=", b"csurf_2=", b"csurf_3=stale",
        b"HTTP 0 2307 '' 'index.html' 0 ''", b"HTTP 0 2307 'a:b' '' 0 ''", b'OSC "T" 3 8000 "" 9000 1024 10 ""',
        b"MCU 0 1", b"reascript=0", b"reascript=1", b"reascript=", b"pythonlibpath64=/x", b"pythonlibdll64=y.so",
        b"activate_reapy_server=", b'"_RSabc"', b"SCR 4 0 RSabc n /venv/activate_reapy_server.py", b"SCR", b"\xe9",
        b"SCR 4 0 RSd n Faderbot/Faderbot_Auto-mix.lua", b"SCR 4 0 RSe n Faderbot/Mixing/Faderbot_Auto-mix.lua",
        b"[Faderbot]", b"program=", b"program=/usr/bin/faderbot",
        b"\r", b"\n", b"\r\n", b"\n", b"\r\n", b"\n\n",
    ]
)  # fmt: skip
texts = st.lists(st.one_of(pieces, st.binary(max_size=4)), max_size=25).map(b"".join)
folders = st.fixed_dictionaries(
    {REAPER_INI: texts},
    optional={
        KB_INI: texts,
        EXTSTATE_INI: texts,
        PATTERN: st.one_of(texts, st.just(b"pattern\n")),
        "Scripts/Faderbot/Faderbot/job.lua": st.one_of(texts, st.just(b"-- job\n")),
    },
)
ports = st.integers(7999, 8001), st.integers(8999, 9001), st.integers(2307, 2308)
wishes = st.builds(Wanted, *ports, st.booleans(), st.booleans(), st.booleans())


def after(contents, plan):
    changed = contents | {change.name: change.after for change in plan.changes}
    return {name: content for name, content in changed.items() if content is not None}


def set_up(contents, wanted):
    try:
        return after(contents, plan_setup(contents, wanted, HOST))
    except SetupError:
        assume(False)


@given(st.one_of(texts, st.binary()))
def test_parsing_and_writing_give_back_every_byte(content):
    try:
        assert Ini.parse(content).content == content
    except IniUnreadable:
        assert b"\0" in content or content[:2] in {b"\xff\xfe", b"\xfe\xff"}


@settings(deadline=None)
@given(folders, wishes)
def test_setting_up_and_removing_gives_back_every_byte(contents, wanted):
    assert after(set_up(contents, wanted), plan_removal(set_up(contents, wanted))) == contents


@settings(deadline=None)
@given(folders, wishes, wishes)
def test_so_it_does_after_a_second_setup_with_other_wishes(contents, wanted, then):
    done = set_up(set_up(contents, wanted), then)
    assert after(done, plan_removal(done)) == contents


@settings(deadline=None)
@given(folders, wishes)
def test_a_second_run_has_nothing_to_do(contents, wanted):
    done = set_up(contents, wanted)
    assert plan_setup(done, wanted, HOST).changes == ()


@settings(deadline=None)
@given(folders, wishes)
def test_no_line_of_the_user_is_lost(contents, wanted):
    """But for the values that were set: each is a line with the same key."""
    done = set_up(contents, wanted)
    for name, content in contents.items():
        if name in {REAPER_INI, KB_INI, EXTSTATE_INI}:
            before, now = Ini.parse(content).lines, Ini.parse(done[name]).lines
            kept = {line.text for line in now}
            lost = [line.text for line in before if line.text not in kept]
            keys = ("csurf_", "reascript", "pythonlib", "activate_reapy_server", "program")
            assert all(text.strip().lower().startswith(keys) for text in lost)
