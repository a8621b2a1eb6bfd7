# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""end: checks of a finished resource, and its way into the configuration."""

from __future__ import annotations

from .document import Refused, Resource, ZoneDocument, alias_or_none, delete, lookup, of_type, stored
from .grammar import Statement
from .rules import attr_name_error, attr_value_error
from .session import Session

AUTHS = ("login", "manage", "clonefrom")  # solaris.zone.* authorizations that admin can give
_S11_AUTHS = (*AUTHS, "clone", "config", "liveconfig", "migrate", "migrate.cold")


def end(session: Session, statement: Statement) -> None:
    parsed = session.options("end", statement.words, "?", quiet=True)
    if parsed is None:
        return
    if parsed[1]:
        session.short_usage("end")
        return
    if session.scope is None:
        session.wrong_scope("end")
        return
    kind, document = session.scope, session.document
    if not kind or document is None:
        session.refuse("unknown", "no_type")
        return
    draft = session.draft(kind)
    done = {"capped-cpu": _end_cap, "capped-memory": _end_memory}.get(kind)
    if done is not None:
        if not done(session, document, draft):
            return
    elif not _complete(session, kind, draft) or not _store(session, document, kind, draft):
        return
    session.dirty = True
    session.scope = None


def _complete(session: Session, kind: str, draft: Resource) -> bool:
    faults: list[str] = []
    for word in session.dialect.kinds[kind].end:
        value = draft.get(word)
        if not value and word != "raw":
            faults.append(f"{word} not specified")
        elif word in ("dir", "raw") and value and not value.startswith("/"):
            faults.append(f"{word} {value} is not an absolute path.")
        elif word == "user" and value not in session.machine.users:
            faults.append(f"user {value} is not a valid username")
        elif word == "auths" and value:
            faults.extend(wrong_auths(session, value))
    if kind == "rctl" and not draft.get("value"):
        faults.append("no value specified")
    if kind == "attr":
        problem = attr_name_error(draft.get("name", ""))
        faults += [problem] if problem else []
        problem = attr_value_error(draft.get("type", ""), draft.get("value", ""))
        faults += [problem] if problem else []
    if kind == "suspend" and not (draft.get("path") or draft.get("storage")):
        faults.append("path not specified")
    if kind == "device" and session.dialect.family == "s11" and not (draft.get("match") or draft.get("storage")):
        faults = ["match not specified"]
    if kind == "device" and session.dialect.family == "s11" and draft.get("storage"):
        faults = []
    for fault in faults:
        if fault.startswith("zone '"):
            session.raw(fault + "\n")  # comes from the library, without a line number
            session.failed = True
        else:
            session.error(fault)
    return not faults


def wrong_auths(session: Session, auths: str) -> list[str]:
    known = _S11_AUTHS if session.dialect.family == "s11" else AUTHS
    return [f"zone '{session.zone}': '{auth}' is not a valid authorization" for auth in auths.split(",") if auth and auth not in known]


def _store(session: Session, document: ZoneDocument, kind: str, draft: Resource) -> bool:
    dialect = session.dialect
    known = dialect.kinds[kind]
    if kind == "anet" and not draft.get("linkname") and not session.selected and "id" not in draft:
        draft["linkname"] = _free_linkname(document)
    if session.selected:
        try:
            if known.single:
                document["resources"] = [resource for resource in document["resources"] if resource["kind"] != kind]
            else:
                delete(document, dialect, kind, session.olds[kind])
        except Refused as refused:
            session.refuse(session.zone, refused.code)
            return False
    elif not known.single and _exists(session, document, kind, draft):
        return False
    document["resources"].append(stored(kind, draft, dialect))
    return True


def _free_linkname(document: ZoneDocument) -> str:
    taken = {anet.get("linkname") for anet in of_type(document, "anet")}
    return next(name for number in range(len(taken) + 1) if (name := f"net{number}") not in taken)


def _exists(session: Session, document: ZoneDocument, kind: str, draft: Resource) -> bool:
    known = session.dialect.kinds[kind]
    asked = draft if kind == "net" else {known.key: draft.get(known.key, "")}
    if kind == "net" and session.dialect.family == "s10":
        asked = {"physical": draft.get("physical", ""), "address": draft.get("address", "")}
    try:
        lookup(document, session.dialect, kind, asked)
    except Refused:
        return False
    if kind == "net":
        second = "address" if draft.get("address") or session.dialect.family == "s10" else "allowed-address"
        session.error(f"A net resource with the physical '{draft['physical']}', and {second} '{draft.get(second, '')}' already exists.")
    else:
        session.error(f"{known.article} {kind} resource with the {known.key} '{draft[known.key]}' already exists.")
    return True


def _end_cap(session: Session, document: ZoneDocument, draft: Resource) -> bool:
    if alias_or_none(document, session.dialect, "cpu-cap") is None:
        session.error("ncpus not specified")
        return False
    return True


def _end_memory(session: Session, document: ZoneDocument, draft: Resource) -> bool:
    """physical is the resource, swap and locked are resource controls that were set at once."""
    physical = draft.get("physical")
    swap, locked = (alias_or_none(document, session.dialect, alias) for alias in ("swap", "locked"))
    if not physical and swap is None and locked is None:
        session.error("No property was specified.  One of physical, swap or locked is required.")
        return False
    if physical and locked is not None and int(physical) < locked:
        session.error("The locked cap must be less than or equal to the physical cap.")
        return False
    if physical or session.selected:
        document["resources"] = [resource for resource in document["resources"] if resource["kind"] != "capped-memory"]
    if physical:
        document["resources"].append({"kind": "capped-memory", "physical": physical})
    return True
