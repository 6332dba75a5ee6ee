"""A real Ardour for tests, without a screen or a sound card: sessions made of stems, a running host, exports.

Ardour's Lua host runs the whole engine, OSC surface included; ``ardour7-export`` renders what was saved, apart from it.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from filelock import FileLock

LUA, EXPORT = "ardour7-lua", "ardour7-export"
SCRIPTS = Path(__file__).parent / "ardour"
ACTION = Path(__file__).parents[1] / "daw_scripts" / "ardour" / "faderbot_add_eq.lua"
NEEDED_VARIABLE = "FADERBOT_NEEDS_ARDOUR"
NAME = "song"
FIRST_PORT = 3819
CREATE_S, START_S, QUIT_S, EXPORT_S = 60.0, 60.0, 30.0, 60.0
ALONE_S = 300.0
SUPERCLOCKS_PER_S = 282_240_000  # Ardour's unit of time in its session files
EXPORTS = (
    4  # Ardour 7.3 was seen to abort, mostly after the file was whole, and once in 40 to write 4e21 where silence is
)
LOUDEST = 100.0


def needed():
    """Skip the test where Ardour is not installed; where it must be, fail."""
    if shutil.which(LUA) and shutil.which(EXPORT):
        return
    how = "Ardour 7 is not installed: apt-get install --no-install-recommends ardour ardour-lv2-plugins"
    if os.environ.get(NEEDED_VARIABLE):
        pytest.fail(f"{how} ({NEEDED_VARIABLE} is set)")
    pytest.skip(how)


@dataclass(frozen=True)
class Session:
    """A session in a folder."""

    folder: Path

    @property
    def file(self):
        return self.folder / f"{NAME}.ardour"

    def copy(self, folder):
        return Session(Path(shutil.copytree(self.folder, folder / NAME)))

    def export(self):
        """Return what leaves the master bus, (samples, 2), and its rate. Ardour is judged by the file it leaves."""
        out = self.folder.parent / "export.wav"
        wanted = self.length()
        told = ""
        for _ in range(EXPORTS):
            out.unlink(missing_ok=True)
            command = [EXPORT, "-b", "float", "-o", out, self.folder, NAME]
            told = _run(command, self.folder.parent, EXPORT_S)
            if out.exists():
                audio, rate_hz = sf.read(out, always_2d=True)
                if abs(len(audio) - wanted) <= rate_hz / 10 and np.abs(audio).max() < LOUDEST:
                    return audio, rate_hz
        raise AssertionError(f"no whole export: {told}")

    def length(self):
        root = ET.parse(self.file).getroot()  # noqa: S314 - our own session
        end = next(place.get("end") for place in root.find("Locations") if "IsSessionRange" in place.get("flags"))
        return int(end[1:]) * int(root.get("sample-rate")) // SUPERCLOCKS_PER_S


@contextmanager
def alone_with_websockets():
    """Hold the port of the WebSockets surface, which only one Ardour on a machine can have."""
    with FileLock(Path(tempfile.gettempdir()) / "faderbot-tests-ardour-websockets.lock", timeout=ALONE_S):
        yield


def make_session(folder, stems, *, eq=True, websockets=False):
    """Make a session with a track for each stem: a mono file on a mono track, a stereo file on a stereo one."""
    session = Session(folder / NAME)
    infos = [sf.info(stem) for stem in stems]
    tracks = [part for stem, info in zip(stems, infos, strict=True) for part in (str(info.channels), stem.stem)]
    action = str(ACTION) if eq else "-"
    made = [session.folder, NAME, str(infos[0].samplerate), action, *tracks]
    told = _run([LUA, SCRIPTS / "create.lua", *made], folder, CREATE_S)
    assert session.file.exists(), told
    assert "is not" not in told, told
    _put_audio(session, stems, ("OSC", "WebSockets") if websockets else ("OSC",))
    return session


def _put_audio(session, stems, surfaces):
    """Put each stem on its track, name the range to export, and switch surfaces on: in the session's file."""
    tree = ET.parse(session.file)  # noqa: S314 - our own session
    root = tree.getroot()
    per_sample = SUPERCLOCKS_PER_S // int(root.get("sample-rate"))
    ids = iter(range(int(root.get("id-counter")) + 1, 1 << 30))
    end = 0
    for stem, playlist in zip(stems, root.find("Playlists").findall("Playlist"), strict=True):
        assert playlist.get("name") == stem.stem
        info = sf.info(stem)
        shutil.copy(stem, session.folder / "interchange" / NAME / "audiofiles" / stem.name)
        sources = [str(next(ids)) for _ in range(info.channels)]
        for channel, source in enumerate(sources):
            ET.SubElement(root.find("Sources"), "Source", _source(stem.name, source, channel))
        length = info.frames * per_sample
        ET.SubElement(root.find("Regions"), "Region", _region(stem.stem, str(next(ids)), length, sources, whole=True))
        ET.SubElement(playlist, "Region", _region(f"{stem.stem}.1", str(next(ids)), length, sources, whole=False))
        end = max(end, length)
    place = {"id": str(next(ids)), "name": "session", "start": "a0", "end": f"a{end}", "flags": "IsSessionRange"}
    ET.SubElement(root.find("Locations"), "Location", place | {"locked": "0", "timestamp": "0", "cue": "0"})
    for name in surfaces:
        next(p for p in root.find("ControlProtocols") if name in p.get("name")).set("active", "1")
    root.set("id-counter", str(next(ids)))
    tree.write(session.file, encoding="UTF-8", xml_declaration=True)


def _source(name, number, channel):
    return {
        "name": name,
        "take-id": "",
        "type": "audio",
        "flags": "",
        "id": number,
        "natural-position": "a0",
        "have-natural-position": "0",
        "channel": str(channel),
        "origin": name,
        "gain": "1",
    }


def _region(name, number, length, sources, *, whole):
    plain = dict.fromkeys(
        ("muted", "locked", "automatic", "layering-index", "envelope-active", "default-fade-in", "default-fade-out"),
        "0",
    )
    drawn = dict.fromkeys(("opaque", "stretch", "shift", "scale-amplitude"), "1")
    played = {f"{kind}source-{n}": source for kind in ("", "master-") for n, source in enumerate(sources)}
    return {
        "name": name,
        "id": number,
        "type": "audio",
        "whole-file": str(int(whole)),
        "start": "a0",
        "length": f"a{length}@a0",
        "sync-position": "a0",
        "ancestral-start": "a0",
        "ancestral-length": f"a{length}@a0",
        "fade-in-active": "0",
        "fade-out-active": "0",
        "first-edit": "nothing",
        "channels": str(len(sources)),
        **plain,
        **drawn,
        **played,
    }


@dataclass
class Host:
    """An Ardour that runs with a session. Lua lines can be said to it."""

    process: subprocess.Popen
    lines: list[str] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def listen(self):
        for line in self.process.stdout:
            with self.came:
                self.lines.append(line.rstrip("\n"))
                self.came.notify_all()
        with self.came:
            self.lines.append("")
            self.came.notify_all()

    def wait_for(self, word, limit_s=START_S, begin=0):
        """Wait for a line that begins with a word, and return the rest of it."""

        def found():
            return next((line for line in self.lines[begin:] if line.startswith(word)), None)

        with self.came:
            assert self.came.wait_for(lambda: found() or self.process.poll() is not None, limit_s), self.lines
        line = found()
        assert line is not None, self.lines
        return line.removeprefix(word).strip()

    def tell(self, lua):
        """Say a line of Lua."""
        self.process.stdin.write(lua + "\n")
        self.process.stdin.flush()

    def ask(self, lua):
        """Return what an expression of Lua is, as text."""
        begin = len(self.lines)
        self.tell(f'print("ANSWER", {lua}) io.stdout:flush()')
        return self.wait_for("ANSWER", QUIT_S, begin)

    def fader(self, name):
        """Return the linear gain of a track, or of the master, as the engine has it."""
        return float(self.ask(f'S:route_by_name("{name}"):gain_control():get_value()'))

    def save(self):
        self.ask('S:save_state("")')

    @property
    def port(self):
        """The UDP port that its surface listens on: the first free one from 3819."""
        deadline_s = time.monotonic() + START_S
        while time.monotonic() < deadline_s:
            ports = [port for port in _udp_ports(self.process.pid) if FIRST_PORT <= port < FIRST_PORT + 100]
            if ports:
                return min(ports)
        raise AssertionError("Ardour listens on no port")

    def quit(self):
        if self.process.poll() is None:
            self.tell("S:close()\nquit()")
            try:
                self.process.wait(QUIT_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait(QUIT_S)


@contextmanager
def running(session):
    """Run Ardour with a session; it is not saved at the end."""
    command = [LUA, "-i", SCRIPTS / "host.lua", session.folder, NAME]
    with subprocess.Popen(
        command,
        env=_surroundings(session.folder.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        host = Host(process)
        ears = threading.Thread(target=host.listen, daemon=True)
        ears.start()
        try:
            host.wait_for("READY")
            yield host
        finally:
            host.quit()
            ears.join(QUIT_S)


def _udp_ports(pid):
    """Return the UDP ports that a process has bound, as Linux lists them."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except OSError:  # closed in the meantime
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    ports = []
    for table in ("udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                ports.append(int(fields[1].rsplit(":", 1)[1], 16))
    return ports


def _surroundings(home):
    """Return an environment with a home of its own, and no screen."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    own = home / "home"
    own.mkdir(exist_ok=True)
    return kept | {"HOME": str(own), "XDG_CONFIG_HOME": str(own / "config"), "XDG_CACHE_HOME": str(own / "cache")}


def _run(command, home, limit_s):
    """Run a program of Ardour's, and return all it said and its exit code."""
    done = subprocess.run(
        command,
        env=_surroundings(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=limit_s,
        check=False,
    )
    return f"{done.stdout}\nexit code {done.returncode}"
