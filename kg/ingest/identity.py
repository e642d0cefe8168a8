"""Ids under which the same thing is found again: parties, sites, programmes, sources and records without an id."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from kg.text import fold, words

_LONGEST_SLUG = 80


@lru_cache(maxsize=65_536)
def slug(text: str) -> str:
    """Readable key of a name: folded words joined by hyphens, so that case, accents, Unicode form and punctuation do
    not matter. A name too long, or without any word, is told apart by a digest. Legal forms stay: they tell companies
    apart.
    """
    joined = "-".join(words(text))
    if joined and len(joined) <= _LONGEST_SLUG:
        return joined
    mark = digest(fold(text))
    return f"{joined[: _LONGEST_SLUG - 13].rstrip('-')}-{mark[:12]}" if joined else mark[:12]


def digest(*parts: str) -> str:
    """Hex digest of parts that cannot run into each other."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


@lru_cache(maxsize=65_536)
def organisation_id(name: str, country: str) -> str:
    """`organisation:cn:name`, or empty for an organisation that is not named."""
    return f"organisation:{country.lower() or 'xx'}:{slug(name)}" if name else ""


def synergy_key(provider: str, receiver: str, resource: str, place: str, programme: str) -> str:
    """Id of a synergy whose file has no id column: the same five things give the same id."""
    return "key-" + digest(*map(fold, (provider, receiver, resource, place, programme)))[:20]


def member_key(programme: str, organisation: str, site: str, place: str, country: str) -> str:
    """Id of a member's site whose file has no id column; the place counts only when the site has no name."""
    parts = [slug(organisation), slug(site or place)] if site or place else [slug(organisation)]
    return f"{slug(programme) if programme else 'none'}:{country.lower() or 'xx'}:{':'.join(parts)}"


def resource_key(member: str, role: str, resource: str, waste_code: str) -> str:
    """Id of a resource a member has or wants."""
    return f"{member}/{role}:{slug(resource)}" + (f":{slug(waste_code)}" if waste_code else "")
