"""Opens the ZIP container of an XLSX file without trusting it.

The sizes in the central directory are checked before anything is inflated. Python's reader never hands out more bytes
of a member than the directory promises, so a lying directory ends in a checksum error, not in memory.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from kg.errors import TooLarge, UnreadableFile

_CHUNK = 262_144
_MOST_MEMBERS = 5_000
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def open_archive(data: bytes, most_inflated: int) -> zipfile.ZipFile:
    """The archive, once its promised size is known to fit.

    Raises `TooLarge` for an archive that would inflate beyond `most_inflated` bytes, `UnreadableFile` for a broken or
    encrypted one, or one that declares XML entities.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise UnreadableFile("The file is a damaged archive.", hint="Save the workbook again and retry.") from error
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or total > most_inflated:
        raise TooLarge(
            f"The workbook would inflate to {total / 1e6:,.0f} MB; the limit is {most_inflated / 1e6:,.0f} MB.",
            hint="Split the workbook, or save the sheet as CSV.",
        )
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile("The workbook is protected by a password.", hint="Remove the protection and try again.")
    return archive


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The inflated bytes of one member, piece by piece. Raises `UnreadableFile` when they are damaged."""
    try:
        with archive.open(name) as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableFile(f"Part {name} of the workbook is damaged.", hint="Save the workbook again.") from error


def refuse_entities(archive: zipfile.ZipFile) -> None:
    """Raise `UnreadableFile` when an XML part declares a document type: no spreadsheet does, entity bombs do."""
    for member in archive.namelist():
        if member.endswith((".xml", ".rels")):
            start = next(chunks(archive, member), b"")
            if _DOCTYPE.search(start[:4096]):
                raise UnreadableFile("The workbook declares XML entities, which no spreadsheet program writes.")
