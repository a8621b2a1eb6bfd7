# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone's configuration as plain data, with the searches and changes zonecfg makes in it.

A ZoneDocument is ``{"name": NAME, "attributes": {...}, "resources": [{"kind": TYPE, ...}, ...]}``: JSON-able, and kept in
Zone.config (``config_of``, ``document_of``: there the attributes lie beside ``resources``). Attributes hold only what was set; their
order and that of the resources is the order in the file, so two documents are the same file only when ``same_file`` says so. A
resource's properties are strings, except ``options`` and ``storage`` (lists of strings; ``storage`` of device and suspend is one
string), an rctl's ``value`` (list of [priv, limit, action]) and ``ncpus`` of dedicated-cpu (the pair [lowest, highest]).
capped-memory keeps ``physical`` in bytes; swap, locked and capped-cpu are rctls.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from .dialect import Dialect, NotSimulated
from .tables import RESOURCE_ALIASES

ZoneDocument = dict[str, Any]
Resource = dict[str, Any]

# What zonecfg answers for an error of its library, by a name of our own.
ERRORS = {
    "no_zone": "No such zone configured",
    "bogus": "Bogus zone name",
    "in_use": "Zone name already in use",
    "state": "Zone state is invalid for the requested operation",
    "required": "Required property missing",
    "required_resource": "Required resource missing",
    "insufficient": "Insufficient specification",
    "inval": "Invalid argument",
    "incompatible": "Incompatible settings",
    "bad_property": "Bad document property",
    "invalid_property": "Specified property is invalid",
    "too_big": "Argument list too long",
    "document": "Invalid document",
    "no_entry": "No such entry",
    "no_type": "No such resource type",
    "no_id": "No such resource with that id",
    "no_property": "No such property type",
    "no_property_id": "No such property with that id",
    "clear": "Clearing this property is not allowed",
    "alias": "An incompatible rctl already exists for this property",
    "access": "Permission denied",
}


class Refused(Exception):
    """An error of the library; ``code`` is a key of ERRORS."""

    def __init__(self, code: str) -> None:
        super().__init__(ERRORS[code])
        self.code = code


def from_template(dialect: Dialect, template: str, name: str) -> ZoneDocument:
    resources = [dict(resource) for resource in dialect.template_resources.get(template, ())]
    return {"name": name, "attributes": dict(dialect.templates[template]), "resources": copy.deepcopy(resources)}


def config_of(document: ZoneDocument) -> dict[str, Any]:
    """As Zone.config keeps it: ``{"zonepath": ..., "autoboot": ..., ..., "resources": [{"kind": ...}, ...]}``."""
    return {**document["attributes"], "resources": copy.deepcopy(document["resources"])}


def document_of(name: str, config: dict[str, Any]) -> ZoneDocument:
    attributes = {word: str(value) for word, value in config.items() if word != "resources"}
    return {"name": name, "attributes": attributes, "resources": copy.deepcopy(config.get("resources", []))}


def same_file(one: ZoneDocument | None, other: ZoneDocument | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one["name"] == other["name"]
        and list(one["attributes"].items()) == list(other["attributes"].items())
        and [list(resource.items()) for resource in one["resources"]] == [list(resource.items()) for resource in other["resources"]]
    )


def brand_of(document: ZoneDocument, dialect: Dialect) -> str:
    return document["attributes"].get("brand") or dialect.default_brand


def ip_type_of(document: ZoneDocument) -> str:
    return document["attributes"].get("ip-type") or "shared"


def zonepath_of(document: ZoneDocument) -> str:
    """The zonepath with Solaris 11's %{zonename} filled in."""
    return str(document["attributes"].get("zonepath", "")).replace("%{zonename}", document["name"])


def of_type(document: ZoneDocument, kind: str) -> list[Resource]:
    return [resource for resource in document["resources"] if resource["kind"] == kind]


def same_address(one: str, other: str) -> bool:
    """Equal, or equal but for a prefix length that only one of them has."""
    if one == other:
        return True
    if ("/" in one) == ("/" in other):
        return False
    return one.partition("/")[0] == other.partition("/")[0]


def _equal(word: str, wanted: str, found: str) -> bool:
    return same_address(wanted, found) if word in ("address", "allowed-address", "defrouter") else wanted == found


def lookup(document: ZoneDocument, dialect: Dialect, kind: str, wanted: Resource) -> Resource:
    """The one resource that ``wanted`` means. Refused: no_id, insufficient, inval."""
    if kind == "rctl":
        if not wanted.get("name"):
            raise Refused("inval")
        for resource in of_type(document, kind):
            if resource["name"] == wanted["name"]:
                return resource
        raise Refused("no_id")
    if (kind == "net" and dialect.family != "s10") or kind == "anet":
        return _lookup_all(document, dialect, kind, wanted)
    return _lookup_in_turn(document, dialect, kind, wanted)


def _lookup_all(document: ZoneDocument, dialect: Dialect, kind: str, wanted: Resource) -> Resource:
    if wanted.get("address") and wanted.get("allowed-address"):
        raise Refused("inval")
    words = [word for word in dialect.kinds[kind].lookup if wanted.get(word)]
    if not words:
        raise Refused("insufficient")
    ignored = "address" if ip_type_of(document) == "exclusive" else "allowed-address"
    matches = [
        resource
        for resource in of_type(document, kind)
        if all(word == ignored or _equal(word, wanted[word], resource.get(word, "")) for word in words)
    ]
    if len(matches) > 1:
        raise Refused("insufficient")
    if not matches:
        raise Refused("no_id")
    return matches[0]


def _lookup_in_turn(document: ZoneDocument, dialect: Dialect, kind: str, wanted: Resource) -> Resource:
    """The older search: properties are compared in turn, a later one can select what an earlier one did not match, and a
    second resource that matches the first property is ambiguous before the rest is looked at."""
    words = dialect.kinds[kind].lookup
    chosen: Resource | None = None
    for resource in of_type(document, kind):
        for place, word in enumerate(words):
            if not wanted.get(word):
                continue
            if _equal(word, wanted[word], resource.get(word, "")):
                if chosen is None:
                    chosen = resource
                elif place == 0 or chosen is not resource:
                    raise Refused("insufficient")
            elif place > 0 and chosen is resource:
                chosen = None
    if chosen is None:
        raise Refused("no_id")
    return chosen


def filled_in(document: ZoneDocument, dialect: Dialect, kind: str, wanted: Resource) -> Resource:
    """``wanted`` completed from the resource it means, as select and remove work on it."""
    found = copy.deepcopy(lookup(document, dialect, kind, wanted))
    if kind == "net" and dialect.family != "s10":
        other = "address" if ip_type_of(document) == "exclusive" else "allowed-address"
        found.pop(other, None)
        if wanted.get(other):
            found[other] = wanted[other]
    return found


def delete(document: ZoneDocument, dialect: Dialect, kind: str, old: Resource) -> None:
    for place, resource in enumerate(document["resources"]):
        if resource["kind"] == kind and all(resource.get(word, "") == old.get(word, "") for word in dialect.kinds[kind].delete):
            del document["resources"][place]
            return
    raise Refused("no_id")


def stored(kind: str, values: Resource, dialect: Dialect) -> Resource:
    """A resource as it goes to the file: properties in the file's order, empty ones left out where the file has none."""
    always = {"address", "defrouter"} if dialect.family == "s10" and kind == "net" else set()
    made: Resource = {"kind": kind}
    for word in dialect.kinds[kind].words:
        if values.get(word) or word in always:
            made[word] = values.get(word, "")
    return made


def alias_limit(document: ZoneDocument, dialect: Dialect, alias: str) -> int | None:
    """The limit of the rctl behind an alias, None without one. Refused("alias"): there is one that an alias cannot express."""
    rctl, action, _low = dialect.aliases.get(alias) or RESOURCE_ALIASES[alias]
    found = [resource for resource in of_type(document, "rctl") if resource["name"] == rctl]
    if not found:
        return None
    values = found[0].get("value", [])
    if len(found) > 1 or len(values) != 1 or values[0][0] != "privileged" or values[0][2] != action:
        raise Refused("alias")
    digits = re.match(r"[ \t]*\+?([0-9]*)", values[0][1])  # strtoull in base 10 takes what it can
    return int(digits[1] or "0") if digits else 0


def alias_or_none(document: ZoneDocument, dialect: Dialect, alias: str) -> int | None:
    """As alias_limit, but an rctl that is no alias counts as none."""
    try:
        return alias_limit(document, dialect, alias)
    except Refused:
        return None


def set_alias(document: ZoneDocument, dialect: Dialect, alias: str, limit: int) -> None:
    alias_limit(document, dialect, alias)
    rctl, action, _low = dialect.aliases.get(alias) or RESOURCE_ALIASES[alias]
    remove_alias(document, dialect, alias)
    document["resources"].append({"kind": "rctl", "name": rctl, "value": [["privileged", str(limit), action]]})


def remove_alias(document: ZoneDocument, dialect: Dialect, alias: str) -> None:
    """Nothing happens when the rctl is not there or cannot be expressed by the alias."""
    if alias_or_none(document, dialect, alias) is None:
        return
    rctl = (dialect.aliases.get(alias) or RESOURCE_ALIASES[alias])[0]
    document["resources"] = [
        resource for resource in document["resources"] if not (resource["kind"] == "rctl" and resource["name"] == rctl)
    ]


def must_be_known(dialect: Dialect, kind: str) -> None:
    if kind in dialect.unknown_resources:
        raise NotSimulated(f"resource {kind} of {dialect.name}")


def must_be_known_property(dialect: Dialect, word: str) -> None:
    if word in dialect.unknown_properties:
        raise NotSimulated(f"property {word} of {dialect.name}")
