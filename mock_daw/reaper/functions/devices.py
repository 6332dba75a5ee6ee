"""Audio and MIDI devices: the mock has a stereo output that is always on, and no MIDI."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function

CHANNELS = 2
BLOCK_SAMPLES = 512


def _input_name(_host: Host, channel: int) -> str | None:
    return f"Input {channel + 1}" if 0 <= channel < CHANNELS else None


def _output_name(_host: Host, channel: int) -> str | None:
    return f"Output {channel + 1}" if 0 <= channel < CHANNELS else None


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "Audio_Init": Function("v ", lambda _host: None),
        "Audio_Quit": Function("v ", lambda _host: None),
        "Audio_IsRunning": Function("i ", lambda _host: 1),
        "Audio_IsPreBuffer": Function("i ", lambda _host: 0),
        "GetNumAudioInputs": Function("i ", lambda _host: CHANNELS),
        "GetNumAudioOutputs": Function("i ", lambda _host: CHANNELS),
        "GetInputChannelName": Function("s i", _input_name),
        "GetOutputChannelName": Function("s i", _output_name),
        "GetInputOutputLatency": Function("v II", lambda _host, _in, _out: (BLOCK_SAMPLES, BLOCK_SAMPLES)),
        "GetOutputLatency": Function("d ", lambda host: BLOCK_SAMPLES / host.session.rate_hz),
        "GetNumMIDIInputs": Function("i ", lambda _host: 0),
        "GetNumMIDIOutputs": Function("i ", lambda _host: 0),
        "GetMaxMidiInputs": Function("i ", lambda _host: 0),
        "GetMaxMidiOutputs": Function("i ", lambda _host: 0),
        "GetMIDIInputName": Function("b iSi", lambda _host, _device, text, _size: (False, text)),
        "GetMIDIOutputName": Function("b iSi", lambda _host, _device, text, _size: (False, text)),
        "midi_reinit": Function("v ", lambda _host: None),
    }
)
