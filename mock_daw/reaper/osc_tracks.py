"""What a surface reports of tracks: names, faders, pans, switches, sends and receives.

The order and the values are REAPER's (reaper-sdk, ``csurf_osc.cpp``, ``UpdateSurfaceTrack``): a track that is not there
is reported too, as "Track 7" with the fader down. Silence lies at -150 dB on the fader, at 0.0025138729, and a track in
balance mode has no second pan: both as in the transcript of a refresh that pyreaosc keeps (``doc/osc_dump.txt``).
"""

from collections.abc import Iterator

from mock_daw.reaper.osc_scene import Report, Scene
from mock_daw.reaper.scales import SILENCE_DB, fader_position, gain_db, gain_linear, pan_text, volume_text
from mock_daw.session import Automation, Send, Track

BALANCE = 3
STEREO_PAN, DUAL_PAN = 5, 6
PAN_MODES = {0: "Balance (classic)", BALANCE: "Balance", STEREO_PAN: "Stereo pan", DUAL_PAN: "Dual pan"}
AUTOMATION_KEYS = {
    "TRACK_AUTO_TRIM": Automation.TRIM_READ,
    "TRACK_AUTO_READ": Automation.READ,
    "TRACK_AUTO_LATCH": Automation.LATCH,
    "TRACK_AUTO_TOUCH": Automation.TOUCH,
    "TRACK_AUTO_WRITE": Automation.WRITE,
}
NO_TRACK = Track("", gain_linear=0.0, width=0.0)


def strip(scene: Scene, number: int) -> Iterator[Report]:
    """Report all of a track but its sends, receives and effects."""
    yield from title(scene, number)
    yield from scene.on_track("TRACK_NUMBER", number, text=str(number))
    yield from selected(scene, number)
    yield from volume(scene, number)
    yield from pan(scene, number)
    yield from muted(scene, number)
    yield from soloed(scene, number)
    if number:
        yield from armed(scene, number)
        yield from monitored(scene, number)
    yield from automation(scene, number)


def title(scene: Scene, number: int) -> Iterator[Report]:
    """Report a track's name."""
    yield from scene.on_track("TRACK_NAME", number, text=scene.title(number))


def selected(scene: Scene, number: int) -> Iterator[Report]:
    """Report whether a track is selected in REAPER."""
    yield from scene.on_track("TRACK_SELECT", number, float(_track(scene, number).selected))


def volume(scene: Scene, number: int) -> Iterator[Report]:
    """Report a track's fader: as position, in dB and as text."""
    gain = _track(scene, number).gain_linear
    position, raw, text = fader(gain), level_db(gain), volume_text(gain)
    if not number:
        yield Report("MASTER_VOLUME", (), position, raw, text)
    yield from scene.on_track("TRACK_VOLUME", number, position, raw=raw, text=text)


def pan(scene: Scene, number: int) -> Iterator[Report]:
    """Report a track's pan; of all tracks but the master also its mode and its second pan or width."""
    track = _track(scene, number)
    position, text = half(track.pan), short_pan_text(track.pan)
    if not number:
        yield Report("MASTER_PAN", (), position, text=text)
    else:
        mode = track.pan_mode if track.pan_mode >= 0 else BALANCE
        width = track.width if mode in (STEREO_PAN, DUAL_PAN) else 0.0
        texts = {STEREO_PAN: f"{100.0 * width:.0f}W", DUAL_PAN: short_pan_text(width)}
        yield from scene.on_track("TRACK_PAN_MODE", number, text=PAN_MODES.get(mode, ""))
        yield from scene.on_track("TRACK_PAN2", number, half(width), text=texts.get(mode, ""))
    yield from scene.on_track("TRACK_PAN", number, position, text=text)


def muted(scene: Scene, number: int) -> Iterator[Report]:
    """Report whether a track is muted."""
    yield from scene.on_track("TRACK_MUTE", number, float(_track(scene, number).muted))


def soloed(scene: Scene, number: int) -> Iterator[Report]:
    """Report whether a track is soloed, and whether any is."""
    yield from scene.on_track("TRACK_SOLO", number, float(_track(scene, number).solo > 0))
    yield Report("ANY_SOLO", (), float(scene.session.soloed))


def armed(scene: Scene, number: int) -> Iterator[Report]:
    """Report whether a track is armed for recording."""
    yield from scene.on_track("TRACK_REC_ARM", number, float(_track(scene, number).armed))


def monitored(scene: Scene, number: int) -> Iterator[Report]:
    """Report a track's input monitoring: 0, 1, or 2 for REAPER's "auto"."""
    yield from scene.on_track("TRACK_MONITOR", number, float(_track(scene, number).monitored))


def automation(scene: Scene, number: int) -> Iterator[Report]:
    """Report a track's automation mode, a switch for each mode."""
    mode = _track(scene, number).automation
    for key, wanted in AUTOMATION_KEYS.items():
        yield from scene.on_track(key, number, float(mode is wanted))


def sends(scene: Scene, number: int) -> Iterator[Report]:
    """Report the sends of a track, those that are not there as well."""
    track = _track(scene, number)
    for place in range(scene.device.sends):
        send = track.sends[place] if place < len(track.sends) else None
        name = _receiver(scene, send) or f"{'Send' if number else 'Aux'} {place + 1}"
        if not number:
            yield Report("MASTER_SEND_NAME", (place + 1,), text=name)
        yield from scene.on_track("TRACK_SEND_NAME", number, text=name, within=(place + 1,))
        yield from send_volume(scene, number, place, send.gain_linear if send else 0.0)
        yield from send_pan(scene, number, place, send.pan if send else 0.0)


def send_volume(scene: Scene, number: int, place: int, gain: float) -> Iterator[Report]:
    """Report the level of a send."""
    position, text = fader(gain), volume_text(gain)
    yield from scene.on_track("TRACK_SEND_VOLUME", number, position, text=text, within=(place + 1,))
    if not number:
        yield Report("MASTER_SEND_VOLUME", (place + 1,), position, text=text)


def send_pan(scene: Scene, number: int, place: int, pan: float) -> Iterator[Report]:
    """Report the pan of a send."""
    position, text = half(pan), pan_text(pan)
    yield from scene.on_track("TRACK_SEND_PAN", number, position, text=text, within=(place + 1,))
    if not number:
        yield Report("MASTER_SEND_PAN", (place + 1,), position, text=text)


def receives(scene: Scene, number: int) -> Iterator[Report]:
    """Report the receives of a track, those that are not there as well; the master has none."""
    if not number:
        return
    found = list(scene.session.receives(number)) if scene.track(number) is not None else []
    for place in range(scene.device.receives):
        name, gain, side = f"Recv {place + 1}", 0.0, 0.0
        if place < len(found):
            source, slot = found[place]
            send = scene.session.track(source).sends[slot]
            name, gain, side = scene.title(source), send.gain_linear, send.pan
        yield from scene.on_track("TRACK_RECV_NAME", number, text=name, within=(place + 1,))
        yield from receive_volume(scene, number, place, gain)
        yield from receive_pan(scene, number, place, side)


def receive_volume(scene: Scene, number: int, place: int, gain: float) -> Iterator[Report]:
    """Report the level of a receive."""
    position, text = fader(gain), volume_text(gain)
    yield from scene.on_track("TRACK_RECV_VOLUME", number, position, text=text, within=(place + 1,))


def receive_pan(scene: Scene, number: int, place: int, pan: float) -> Iterator[Report]:
    """Report the pan of a receive."""
    yield from scene.on_track("TRACK_RECV_PAN", number, half(pan), text=pan_text(pan), within=(place + 1,))


def level_db(gain: float) -> float:
    """Return a gain in dB, silence as -150 (``VAL2DB`` of WDL)."""
    return max(gain_db(gain), SILENCE_DB)


def fader(gain: float) -> float:
    """Return where a gain lies on the fader, which begins at -150 dB (``DB2SLIDER`` of ``VAL2DB``)."""
    return fader_position(max(gain, gain_linear(SILENCE_DB)))


def half(pan: float) -> float:
    """Return a pan in [-1, 1] as a position in [0, 1]."""
    return 0.5 * (pan + 1.0)


def short_pan_text(pan: float) -> str:
    """Write a track's pan: "C" for the centre, where REAPER's other texts say "center"."""
    text = pan_text(pan)
    return "C" if text == "center" else text


def _track(scene: Scene, number: int) -> Track:
    return scene.track(number) or NO_TRACK


def _receiver(scene: Scene, send: Send | None) -> str:
    """Return the name of the track into which a send goes; none where that is gone."""
    if send is None:
        return ""
    number = next((n for n, track in enumerate(scene.session.tracks, 1) if track.guid == send.to), None)
    return "" if number is None else scene.title(number)
