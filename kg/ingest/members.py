"""Rows of a members file to sites with their resources. Rows of one site are one member; none is typed twice.

A row says something about its site and, usually, names one resource. What a file does not mention about a known site
stays as it was; a file that lists one more resource adds it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from kg.ingest.cells import Cells
from kg.ingest.codes import Codes
from kg.ingest.fields import Styles, keep, read_contact, read_country_cell, read_kind, read_quantity, read_truth
from kg.ingest.identity import member_key, organisation_id, resource_key
from kg.ingest.numbers import read_number
from kg.ingest.words import meaning
from kg.model import Member, MemberResource, ResourceRole

_LONGEST_ID = 200
_OF_THE_SITE = (
    "organisation", "programme", "site", "place", "country", "latitude", "longitude", "sector_text", "sector_code",
    "contact",
)  # fmt: skip
_FIELD_OF = {"sector_text": "sector"}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """What one row says: its site with no or one resource."""

    member: Member
    resource: MemberResource | None


def read_member(cells: Cells, codes: Codes, styles: Styles) -> MemberRow | None:
    """The site and resource of a row, or None when the row is rejected; the issues on `cells` say why."""
    organisation = cells.text("organisation")
    if not organisation:
        cells.reject(
            "no-organisation", "organisation", "The row names no organisation.", "Repeat the name on each row."
        )
    country, country_words = read_country_cell(cells)
    programme, site, place = cells.text("programme"), cells.text("site"), cells.text("place")
    identity = _identity(cells, programme, organisation, site, place, country)
    latitude, longitude = _coordinates(cells)
    sector_code, sector = codes.sector(cells, "sector_code", country)
    resource = _resource(cells, codes, styles, identity)
    if cells.rejected:
        return None
    also = (
        (cells.layout.columns["country"].heading, country_words) if country_words else ("", ""),
        keep(cells, "latitude", "") if latitude is None else ("", ""),
        keep(cells, "longitude", "") if longitude is None else ("", ""),
    )
    member = Member(
        id=identity,
        organisation=organisation,
        organisation_id=organisation_id(organisation, country),
        programme=programme,
        site=site,
        place=place,
        country=country,
        latitude=latitude,
        longitude=longitude,
        sector_text=cells.text("sector"),
        sector_code=sector_code,
        sector=sector,
        contact=read_contact(cells, ""),
        fictitious=read_truth(cells, "fictitious") or False,
        extra=cells.kept_aside(pair for pair in also if pair[0]),
    )
    return MemberRow(member, resource)


def conflict(first: Member, later: Member) -> str:
    """Name of the first field in which two rows about one site contradict each other, or empty. Blank says nothing."""
    for name in _OF_THE_SITE:
        one, other = getattr(first, name), getattr(later, name)
        if one not in ("", None) and other not in ("", None) and one != other:
            return _FIELD_OF.get(name, name)
    return ""


def merge(known: Member, said: Member) -> Member:
    """`known` with everything `said` states; what it leaves blank stays. Resources are the known ones."""
    stated = {
        field.name: getattr(said, field.name)
        for field in fields(Member)
        if field.name not in ("resources", "extra", "id") and getattr(said, field.name) not in ("", None, False)
    }
    extra = dict(known.extra)
    extra.update(said.extra)
    merged = replace(known, **stated, extra=tuple(extra.items()))
    return merged if merged != known else known


def with_resource(member: Member, resource: MemberResource) -> Member:
    """The member with a resource added, or put in the place of the one with its id."""
    ids = [one.id for one in member.resources]
    if resource.id not in ids:
        return replace(member, resources=(*member.resources, resource))
    place = ids.index(resource.id)
    if member.resources[place] == resource:
        return member
    return replace(member, resources=(*member.resources[:place], resource, *member.resources[place + 1 :]))


def _identity(cells: Cells, programme: str, organisation: str, site: str, place: str, country: str) -> str:
    given = cells.text("id")
    if len(given) > _LONGEST_ID:
        cells.reject("bad-id", "id", f"The id has more than {_LONGEST_ID} characters.", "Give a shorter id.")
    return given or member_key(programme, organisation, site, place, country)


def _coordinates(cells: Cells) -> tuple[float | None, float | None]:
    """Degrees, both or neither; a pair that is not on the globe is left out with a warning."""
    texts = cells.text("latitude"), cells.text("longitude")
    if not any(texts):
        return None, None
    # A coordinate never has a thousands sign, so a single comma is a decimal one.
    values = [read_number(text.replace(",", ".")).value if text else None for text in texts]
    latitude, longitude = values
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        cells.warn(
            "bad-coordinates",
            "latitude",
            "Latitude and longitude are not a pair of degrees; both are left out.",
            "Write decimal degrees (WGS 84), such as 31.57 and 120.30.",
        )
        return None, None
    return latitude, longitude


def _resource(cells: Cells, codes: Codes, styles: Styles, member: str) -> MemberResource | None:
    text = cells.text("resource")
    role_text = cells.text("role")
    role = meaning("role", role_text) if role_text else ""
    if not text:
        if cells.text("quantity") or role_text:
            cells.warn(
                "no-resource", "resource", "The row gives a role or quantity but no resource.", "Name the resource."
            )
        return None
    if not role:
        cells.reject(
            "unknown-role", "role", "The row does not say whether the resource is had or wanted.", "Write have or want."
        )
        return None
    quantity = read_quantity(cells, styles.quantity)
    waste_text, waste = codes.waste(cells)
    return MemberResource(
        id=resource_key(member, role, text, waste_text),
        role=ResourceRole(role),
        resource=text,
        kind=read_kind(cells, quantity.unit if quantity else ""),
        waste_code_text=waste_text,
        waste_code=waste,
        quantity=quantity,
        frequency=cells.text("frequency"),
        fate=cells.text("fate"),
    )
