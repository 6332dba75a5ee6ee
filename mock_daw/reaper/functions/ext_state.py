"""The ext state: texts that scripts keep in REAPER, by section and key."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function


def _set(host: Host, section: str, key: str, value: str, _persist: bool) -> None:
    """Nothing outlives the mock: what should persist lasts as long as the rest."""
    host.live.ext_state[section, key] = value


def _delete(host: Host, section: str, key: str, _persist: bool) -> None:
    host.live.ext_state.pop((section, key), None)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetExtState": Function("s ss", lambda host, section, key: host.live.ext_state.get((section, key), "")),
        "HasExtState": Function("b ss", lambda host, section, key: (section, key) in host.live.ext_state),
        "SetExtState": Function("v sssb", _set),
        "DeleteExtState": Function("v ssb", _delete),
    }
)
