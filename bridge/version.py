"""Which Faderbot this is."""

from importlib.metadata import PackageNotFoundError, version


def faderbot_version() -> str:
    """Return the version that is installed, or "0" where Faderbot runs from a bare folder."""
    try:
        return version("faderbot")
    except PackageNotFoundError:
        return "0"
