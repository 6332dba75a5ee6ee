"""Mixing by meters alone in a session that really plays, beside the mix by ear of the same stems.

    python benchmarks/live_meters.py SONG_DIR... --daw ardour|reaper [--fitted-to MULTITRACKS... --kits DIR]

``ardour`` is a real Ardour 7 (``apt-get install --no-install-recommends ardour ardour-lv2-plugins``), whose own export
is the judge of the loudness; ``reaper`` is the mock REAPER over reapy, judged by a render of the stems. Every song is
played in real time, from faders at 0 dB, and mixed for −24 LUFS, which the faders of both reach. With ``--fitted-to``
(and the same songs with their drums apart, as for ``meters.py``) what meters tell is fitted anew for each song, to all
those but itself; without, what ships counts. Prints Markdown.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pyloudnorm
from meters import fit, listened, measured, others

from agent.hearing.metered import ears
from agent.mixing import Wish, figures, plan_mix
from agent.policy import shipped
from agent.session import Settings
from bridge.desk_meters import MeteredDesk
from bridge.embedded import EmbeddedDaw
from bridge.journal import Journal
from bridge.learning import listen, session_folders
from bridge.metered_job import mix_live_by_meters
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.link import OscLink, OscPorts
from bridge.playing import MeteredDaw
from bridge.reach import within_reach
from bridge.reaper.metered_daw import MeteredReaperDaw
from bridge.reaper.reapy_link import ReapyLink
from tests import real_ardour
from tests.running_mocks import running

TARGET_LUFS = -24.0
Judge = Callable[[Settings], float]
Opened = Iterator[tuple[MeteredDaw, Judge]]


@contextmanager
def ardour(song: Path, folder: Path) -> Opened:
    session = real_ardour.make_session(folder, sorted(song.glob("*.wav")), eq=False)
    with real_ardour.running(session) as host:
        ports = OscPorts("127.0.0.1", host.port, 0)
        link = OscLink.open(ports)

        def exported(_: Settings) -> float:
            host.save()
            host.quit()
            audio, rate_hz = session.export()
            return float(pyloudnorm.Meter(rate_hz).integrated_loudness(audio))

        with closing(ArdourLine(link, ports.where)) as line:
            yield MeteredDesk(line, ArdourMeters(link, ports.where), ports.where), exported


@contextmanager
def reaper(song: Path, _: Path) -> Opened:
    def rendered(settings: Settings) -> float:
        daw = EmbeddedDaw.open_stems(song)
        daw.apply(settings, "benchmark")
        audio = np.concatenate(list(daw.render()))
        return float(pyloudnorm.Meter(daw.read().sample_rate_hz).integrated_loudness(audio))

    with (
        running(song, "--web", 0, "--reapy", 0) as played,
        ReapyLink.connect("127.0.0.1", played.endpoints["web"][1]) as link,
    ):
        yield MeteredReaperDaw(link, "the mock REAPER"), rendered


DAWS = {"ardour": ardour, "reaper": reaper}


def gains_db(settings: Settings) -> np.ndarray:
    return np.array([strip.gain_db for strip in settings.strips])


def mixed(song: Path, daw_name: str, listen_s: float) -> str:
    table, _ = shipped()
    wish = Wish(loudness_lufs=TARGET_LUFS, eq=False)
    recording = listen(song)
    by_ear = plan_mix(recording.session, recording.heard, wish, table)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with DAWS[daw_name](song, folder) as (daw, judge):
            found, begin_s = daw.read(), time.monotonic()
            result = mix_live_by_meters(daw, wish, table, Journal(folder / "journal"), found, budget_s=listen_s)
            took_s = time.monotonic() - begin_s
            reached = within_reach(by_ear.settings, recording.session, daw.fader_highest_db, daw.master_highest_db)
            judged_lufs = judge(result.settings)
    names = [track.name for track in recording.session.tracks]
    assert [track.name for track in result.session.tracks] == names
    off = np.delete(gains_db(result.settings) - gains_db(reached), result.plan.silent)
    cost = figures(recording.heard, by_ear.goal, result.settings).cost.total
    return (
        f"| {song.name} | {len(names)} | {recording.session.length_s:.0f} | {took_s:.0f} | {np.abs(off).mean():.2f} "
        f"| {np.abs(off - np.median(off)).mean():.2f} | {by_ear.before.cost.total:.3f} | {by_ear.after.cost.total:.3f} "
        f"| {cost:.3f} | {judged_lufs:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--daw", choices=sorted(DAWS), required=True)
    parser.add_argument("--listen", type=float, default=170.0, metavar="SECONDS")
    parser.add_argument(
        "--fitted-to", type=Path, nargs="+", metavar="DIR", help="folders of sessions; default: what ships"
    )
    parser.add_argument("--kits", type=Path, metavar="DIR", help="the same with their drums apart")
    args = parser.parse_args()
    of_songs = [measured(listened(folder)) for folder in session_folders(args.fitted_to or [])]
    of_kits = [measured(listened(folder)) for folder in session_folders([args.kits] if args.kits else [])]
    print(
        "| song | tracks | length, s | took, s | faders off by, dB | less what all have in common | J before | by ear "
        "| by meters | measured, LUFS (−24 wanted) |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for song in args.songs:
        known = fit(others(of_songs, song.name), others(of_kits, song.name)) if of_songs else ears()
        with mock.patch("agent.hearing.metered.ears", return_value=known):
            print(mixed(song, args.daw, args.listen), flush=True)


if __name__ == "__main__":
    main()
