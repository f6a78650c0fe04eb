"""The XML that WAV files carry: iXML (www.gallery.co.uk/ixml, version 2.10) and the ISRC in axml (EBU Tech 3352)."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from controlroom.sound.files.wav_chunks import chunk

_TRACK = re.compile(r"TRACK_(\d+)")
_ISRC = re.compile(rb"ISRC:([A-Z]{2}[A-Z0-9]{3}[0-9]{7})")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_LEVELS = 8
_EBU = "urn:ebu:metadata-schema:ebuCore_2012"
_DC = "http://purl.org/dc/elements/1.1/"


def read_ixml(data: bytes) -> dict[str, str]:
    """iXML fields by name ("SCENE", "SPEED/FILE_SAMPLE_RATE"), track names as "TRACK_1", ...; {} when unreadable."""
    data = data.rstrip(b"\0 \r\n")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # iXML has neither; a bomb would
        return {}
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError):
        return {}
    found: dict[str, str] = {}
    _collect(root, "", found)
    for number, track in enumerate(root.iterfind("TRACK_LIST/TRACK"), 1):
        index = (track.findtext("CHANNEL_INDEX") or str(number)).strip()
        if name := (track.findtext("NAME") or "").strip():
            found[f"TRACK_{index}"] = name
    return found


def _collect(element: Element, path: str, found: dict[str, str]) -> None:
    for child in element if path.count("/") < _MOST_LEVELS else ():
        if child.tag == "TRACK_LIST":
            continue
        name = f"{path}{child.tag}"
        if (text := (child.text or "").strip()) and not len(child):
            found[name] = text
        _collect(child, f"{name}/", found)


def ixml_chunk(fields: dict[str, str]) -> bytes:
    """An iXML chunk of fields as `read_ixml` gives them; nothing when there are none."""
    if not fields:
        return b""
    root = Element("BWFXML")
    SubElement(root, "IXML_VERSION").text = fields.get("IXML_VERSION", "2.10")
    tracks: dict[int, str] = {}
    for name, text in fields.items():
        if track := _TRACK.fullmatch(name):
            tracks[int(track[1])] = text
        elif name != "IXML_VERSION":
            _at(root, name).text = _NOT_IN_XML.sub("", text)
    if tracks:
        listed = SubElement(root, "TRACK_LIST")
        SubElement(listed, "TRACK_COUNT").text = str(len(tracks))
        for index, text in sorted(tracks.items()):
            track_element = SubElement(listed, "TRACK")
            SubElement(track_element, "CHANNEL_INDEX").text = str(index)
            SubElement(track_element, "INTERLEAVE_INDEX").text = str(index)
            SubElement(track_element, "NAME").text = _NOT_IN_XML.sub("", text)
    return chunk(b"iXML", ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _at(root: Element, path: str) -> Element:
    for name in path.split("/"):
        found = root.find(name)
        root = SubElement(root, name) if found is None else found
    return root


def read_axml_isrc(data: bytes) -> str:
    """The ISRC that an axml chunk names, or nothing."""
    found = _ISRC.search(data)
    return found[1].decode() if found else ""


def axml_chunk(isrc: str) -> bytes:
    """An axml chunk that carries the ISRC (EBU Tech 3352, 4.1); nothing when there is none."""
    if not isrc:
        return b""
    for prefix, space in (("ebucore", _EBU), ("dc", _DC)):
        ElementTree.register_namespace(prefix, space)
    root = Element(f"{{{_EBU}}}ebuCoreMain")
    identifier = SubElement(
        SubElement(root, f"{{{_EBU}}}coreMetadata"),
        f"{{{_EBU}}}identifier",
        typeLabel="GUID",
        typeDefinition="Globally Unique Identifier",
        formatLabel="ISRC",
        formatDefinition="International Standard Recording Code",
        formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7",
    )
    SubElement(identifier, f"{{{_DC}}}identifier").text = f"ISRC:{isrc.replace('-', '').upper()}"
    return chunk(b"axml", ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))
