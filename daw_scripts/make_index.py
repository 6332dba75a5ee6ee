"""The index that ReaPack installs the button from, made of the header of ``Faderbot_Auto-mix.lua``.

    python -m daw_scripts.make_index                 put the version of the header into index.xml
    python -m daw_scripts.make_index --unpublished   the same, in place of that version where nobody has it yet
    python -m daw_scripts.make_index --check         fail where index.xml and the files beside it disagree

A version in the index has the SHA-256 of each of its files: files that change under the same version are an error, for
ReaPack would never fetch them. Versions of before stay as they are, and so does the time of one that did not change,
so that the same files give the same bytes. Format: cfillion/reapack, ``src/index_v1.cpp`` (and ``src/hash.cpp`` for
``hash``, a multihash); the wiki there, "Index Format".
"""

import argparse
import hashlib
import sys
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from daw_scripts.package_header import Header, HeaderWrong, Provided, parse, provided, version_numbers

ADDRESS = "https://github.com/faderbot/faderbot/raw/v{version}/daw_scripts/reaper/{path}"
"""Where the files of a version will be found. A guess: the project has no public address yet."""

FOLDER = Path(__file__).resolve().parent / "reaper"
INDEX = "index.xml"
NAME, CATEGORY, PACKAGE = "Faderbot", "Mixing", "Faderbot_Auto-mix.lua"
"""ReaPack installs scripts to Scripts/NAME/CATEGORY, data to Data."""

ELSEWHERE = {INDEX, "Faderbot.ReaperOSC"}
"""What is no part of the package: ReaPack can not reach REAPER's OSC folder; ``faderbot setup reaper`` does."""

# ReaPack's parser runs the lines of other text together, and leaves these as they are.
_VERBATIM = {"changelog", "description"}
_SHA_256 = "1220"  # the multihash of 32 bytes of SHA-256 begins with it


class IndexStale(Exception):  # noqa: N818 - a state, named as the user sees it
    """The index is not what the files say: why and what to do, in one line."""


def made(files: Mapping[str, bytes], time: str | None, *, unpublished: bool = False) -> bytes:
    """Return the index for the files of the folder, by their paths; what it was is among them.

    ``time`` is that of a new version, as 2026-11-24T12:00:00Z; with None no version may be new. Raises ``HeaderWrong``
    and ``IndexStale``.
    """
    header = parse(files[PACKAGE].decode())
    brought = provided(header, PACKAGE, files)
    _check(files, brought)
    present = ET.fromstring(files[INDEX]) if INDEX in files else ET.Element("index")  # noqa: S314 - our own
    version = _version(header, files, brought)
    versions = _with_version(present.findall("category/reapack/version"), version, time, unpublished=unpublished)
    root = ET.Element("index", {"version": "1", "name": NAME})
    category = ET.SubElement(root, "category", {"name": CATEGORY})
    about = header.tags.get("about", "")
    package = ET.SubElement(
        category, "reapack", {"name": PACKAGE, "type": "script", "desc": header.tags.get("description", "")}
    )
    package.extend(versions)
    _add_about(package, about, header.tags.get("link", ""))
    _add_about(root, about, "")
    return "\n".join(('<?xml version="1.0" encoding="utf-8"?>', *_lines(root, ""), "")).encode()


def _check(files: Mapping[str, bytes], brought: Sequence[Provided]) -> None:
    left_out = sorted(set(files) - {one.path for one in brought} - ELSEWHERE)
    if left_out:
        raise IndexStale(f"{left_out[0]} is brought by no line of @provides in {PACKAGE}")
    for one in brought:
        if one.path != PACKAGE and one.path.endswith(".lua") and not parse(files[one.path].decode()).is_noindex:
            raise IndexStale(f"{one.path} has no -- @noindex in its first line: it would be a package of its own")


def _version(header: Header, files: Mapping[str, bytes], brought: Sequence[Provided]) -> ET.Element:
    name = header.tags.get("version", "")
    version_numbers(name)
    version = ET.Element("version", {"name": name, "author": header.tags.get("author", "")})
    for one in sorted(brought, key=lambda one: (one.path != PACKAGE, not one.is_main, one.is_data, one.path)):
        attributes = {"file": one.path} if one.path != PACKAGE else {}
        attributes |= {"main": "main"} if one.is_main else {}
        attributes |= {"type": "data"} if one.is_data else {}
        attributes["hash"] = _SHA_256 + hashlib.sha256(files[one.path]).hexdigest()
        path = urllib.parse.quote(one.path)
        ET.SubElement(version, "source", attributes).text = ADDRESS.format(version=name, path=path)
    if "changelog" in header.tags:
        ET.SubElement(version, "changelog").text = header.tags["changelog"]
    return version


def _with_version(
    present: Sequence[ET.Element], version: ET.Element, time: str | None, *, unpublished: bool
) -> list[ET.Element]:
    """Return the versions with the one of now: as it was where it did not change, else with the time."""
    name = version.attrib["name"]
    others = [one for one in present if one.attrib["name"] != name]
    same = next((one for one in present if one.attrib["name"] == name), None)
    if same is not None and _substance(same) == _substance(version):
        return list(present)
    if same is not None and not unpublished:
        changed = ", ".join(sorted(_files(same) ^ _files(version)) or sorted(_changed(same, version)) or ["its header"])
        raise IndexStale(
            f"changed since version {name} was put into {INDEX}: {changed}. Raise @version in {PACKAGE}, then run "
            f"make_index (or, where nobody has {name} yet, make_index --unpublished)"
        )
    if time is None:
        raise IndexStale(f"{INDEX} has no version {name}: run make_index")
    lower = [one.attrib["name"] for one in others if version_numbers(one.attrib["name"]) >= version_numbers(name)]
    if lower:
        raise IndexStale(f"@version {name} in {PACKAGE} is not above {lower[-1]}, which {INDEX} has")
    version.attrib["time"] = time
    return [*others, version]


def _substance(version: ET.Element) -> object:
    """Return all that a version says but its time."""
    attributes = {key: value for key, value in version.attrib.items() if key != "time"}
    return attributes, [(child.tag, child.attrib, child.text) for child in version]


def _files(version: ET.Element) -> set[str]:
    return {source.get("file", PACKAGE) for source in version.findall("source")}


def _changed(one: ET.Element, other: ET.Element) -> set[str]:
    hashes = [{s.get("file", PACKAGE): s.get("hash") for s in version.findall("source")} for version in (one, other)]
    return {path for path in hashes[0] if hashes[0][path] != hashes[1][path]}


def _add_about(parent: ET.Element, about: str, links: str) -> None:
    if not about and not links:
        return
    metadata = ET.SubElement(parent, "metadata")
    for line in links.splitlines():
        label, _, address = line.rpartition(" ")
        attributes = {"rel": "website"} | ({"href": address} if label else {})
        ET.SubElement(metadata, "link", attributes).text = label or address
    if about:
        ET.SubElement(metadata, "description").text = rich_text(about)


def rich_text(text: str) -> str:
    """Return a text as RTF, which is what ReaPack shows: paragraphs are separated by an empty line."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    escaped = (part.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}") for part in paragraphs)
    body = "\\par\\par ".join(escaped)
    coded = "".join(c if c.isascii() else "".join(_units(c)) for c in body)
    return f"{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Helvetica;}}}}\\f0\\fs22 {coded}\\par}}"


def _units(character: str) -> list[str]:
    """Return a character as RTF's signed 16-bit units, with a question mark for who reads none."""
    content = character.encode("utf-16-le")
    units = (int.from_bytes(content[k : k + 2], "little", signed=True) for k in range(0, len(content), 2))
    return [f"\\u{unit}?" for unit in units]


def _lines(element: ET.Element, indent: str) -> Iterator[str]:
    opening = "".join((element.tag, *(f" {key}={quoteattr(value)}" for key, value in element.attrib.items())))
    text = element.text or ""
    if len(element):
        yield f"{indent}<{opening}>"
        for child in element:
            yield from _lines(child, f"{indent}  ")
        yield f"{indent}</{element.tag}>"
    elif element.tag in _VERBATIM:
        yield f"{indent}<{opening}><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></{element.tag}>"
    else:
        yield f"{indent}<{opening}>{escape(text)}</{element.tag}>"


def read(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their paths with slashes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the index. Return the exit code."""
    parser = argparse.ArgumentParser(description="Make the index that ReaPack installs the button from.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the index is not up to date")
    parser.add_argument("--unpublished", action="store_true", help="change a version in place: nobody has it yet")
    options = parser.parse_args(arguments)
    time = None if options.check else datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    files = read(folder)
    try:
        content = made(files, time, unpublished=options.unpublished)
    except (HeaderWrong, IndexStale) as error:
        sys.stderr.write(f"make_index: {error}\n")
        return 1
    if not options.check:
        (folder / INDEX).write_bytes(content)
    elif files.get(INDEX) != content:
        sys.stderr.write(f"make_index: {INDEX} is not as make_index writes it: run make_index\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
