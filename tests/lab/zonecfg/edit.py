# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""add, remove, select and clear."""

from __future__ import annotations

import copy
from typing import Any

from .document import (
    Refused,
    Resource,
    ZoneDocument,
    alias_limit,
    alias_or_none,
    delete,
    filled_in,
    must_be_known,
    must_be_known_property,
    of_type,
    remove_alias,
)
from .grammar import Listed, Statement
from .rules import cut, rctl_value
from .session import Session

_GLOBAL_ZONE_HAS_NO = frozenset({"fs", "inherit-pkg-dir", "net", "anet", "device", "attr", "dataset"})
_GLOBAL_ZONE_PROPERTIES = frozenset(
    {"zonename", "zonepath", "autoboot", "limitpriv", "bootargs", "brand", "scheduling-class", "ip-type", "hostid", "fs-allowed"}
)
LOW_CONTROL = (
    "WARNING: Setting a global zone {} too low could deny\nservice to even the root user; this could render the system impossible\n"
    "to administer.  Please use caution."
)
_SIMPLE_OR_LIST = "A simple or list value was expected here."
_COMPLEX_OR_LIST = "A complex or list value was expected here."


def not_in_global(session: Session, word: str | None) -> bool:
    return session.is_global and word in _GLOBAL_ZONE_PROPERTIES


def no_resource_of_global(session: Session, kind: str | None) -> bool:
    return session.is_global and kind in _GLOBAL_ZONE_HAS_NO


def add(session: Session, statement: Statement) -> None:
    parsed = session.options("add", statement.words, "?", quiet=True)
    if parsed is None:
        return
    if parsed[1]:
        session.short_usage("add")
        return
    if session.read_only("add"):
        return
    document = session.ready()
    if document is None:
        return
    if session.scope is not None:
        add_property(session, statement)
        return
    kind = statement.resource
    if kind is not None:
        must_be_known(session.dialect, kind)
    if no_resource_of_global(session, kind):
        session.error(f"Cannot add a {kind} resource to the global zone.")
        return
    if kind is None:
        session.long_usage("add")
        return
    session.selected = False
    if _may_be_added(session, document, kind):
        session.scope = kind
        session.drafts[kind] = {}


def _may_be_added(session: Session, document: ZoneDocument, kind: str) -> bool:
    """Resources there can be only one of. None of these messages raises the error flag."""
    dialect = session.dialect
    exists = "The {} resource already exists."
    problem = ""
    if kind in ("dedicated-cpu", "capped-cpu") and of_type(document, "dedicated-cpu"):
        problem = exists.format("dedicated-cpu")
    elif kind == "capped-cpu":
        try:
            if alias_limit(document, dialect, "cpu-cap") is not None:
                problem = exists.format("capped-cpu")
        except Refused:
            session.refuse("capped-cpu", "alias", False)
            return False
    elif kind == "dedicated-cpu":
        if any(rctl["name"] == "zone.cpu-cap" for rctl in of_type(document, "rctl")):
            problem = exists.format("capped-cpu")
        elif document["attributes"].get("pool"):
            problem = "The pool property is already set.  A persistent pool is incompatible with\nthe dedicated-cpu resource."
    elif kind == "capped-memory":
        if of_type(document, kind) or any(alias_or_none(document, dialect, alias) is not None for alias in ("swap", "locked")):
            problem = "The capped-memory resource or a related resource control already exists."
    elif dialect.kinds[kind].single and of_type(document, kind):
        problem = exists.format(kind)
    elif kind == "inherit-pkg-dir" and session.installed():
        problem = f"Zone {session.zone} already installed; add inherit-pkg-dir not allowed."
    if problem:
        session.error(problem, False)
        return False
    if session.is_global and kind in ("rctl", "capped-memory"):
        session.error(LOW_CONTROL.format("resource control" if kind == "rctl" else "memory cap"), False)
    return True


def add_property(session: Session, statement: Statement) -> None:
    kind, word = session.scope, statement.name
    if not kind or word is None:
        session.long_usage("add")
        return
    lists = session.dialect.kinds[kind].lists
    if not lists:
        session.no_resource(kind, "add")
        return
    if word not in lists:
        session.no_property(word, "add")
        return
    value = statement.value
    draft = session.draft(kind)
    if kind == "rctl":
        if isinstance(value, str):
            session.error(_COMPLEX_OR_LIST)
            return
        for item in value.items if isinstance(value, Listed) else [value]:
            _add_control(session, draft, item if isinstance(item, list) else [])
        return
    if not isinstance(value, str | Listed):
        session.error(_SIMPLE_OR_LIST)
        return
    for item in value.items if isinstance(value, Listed) else [value]:
        if not isinstance(item, str):
            break
        draft.setdefault(word, []).append(cut(item, 1024))


def _add_control(session: Session, draft: Resource, pieces: list[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for word, value in pieces:
        if word not in ("priv", "limit", "action"):
            session.no_property("value", "add")
            return
        if word in seen:
            session.error(f"{word} already specified", False)
            return
        seen[word] = cut(value, 256)
    missing = [word for word in ("priv", "limit", "action") if word not in seen]
    for word in missing:
        session.error(f"{word} not specified", False)
    if missing:
        return
    if not rctl_value(seen["priv"], seen["limit"], seen["action"]):
        session.error("Invalid rctl value specification", False)
        return
    draft.setdefault("value", []).append([seen["priv"], seen["limit"], seen["action"]])


def wanted_of(session: Session, statement: Statement) -> Resource | None:
    """The properties that tell which resource is meant; None after a message."""
    kind = session.dialect.kinds[statement.resource or ""]
    wanted: Resource = {}
    for word, value in statement.pairs:
        must_be_known_property(session.dialect, word)
        if not isinstance(value, str):
            session.error("A simple value was expected here.")
            return None
        if word not in kind.words or word in kind.lists:
            session.refuse(word, "no_property")
            return None
        wanted[word] = cut(value, kind.size(word))
    return wanted


def select(session: Session, statement: Statement) -> None:
    if session.read_only("select"):
        return
    if session.scope is not None:
        session.wrong_scope("select")
        return
    kind = statement.resource
    assert kind is not None
    must_be_known(session.dialect, kind)
    session.scope, session.selected = kind, True
    document = session.ready()
    if document is None:
        return
    if kind == "inherit-pkg-dir" and session.machine.at_least(session.zone, "incomplete"):
        session.error(f"Zone {session.zone} not in configured state; select inherit-pkg-dir not allowed.", False)
        session.scope = None
        return
    code = "insufficient"
    try:
        if session.dialect.kinds[kind].single:
            session.drafts[kind] = copy.deepcopy(_single(session, document, kind))
            return
        wanted = wanted_of(session, statement)
        if wanted is not None:
            session.olds[kind] = filled_in(document, session.dialect, kind, wanted)
            session.drafts[kind] = copy.deepcopy(session.olds[kind])
            return
    except Refused as refused:
        code = refused.code
    session.refuse(f"select {kind}", code)
    session.scope = None


def _single(session: Session, document: ZoneDocument, kind: str) -> Resource:
    dialect = session.dialect
    found = of_type(document, kind)
    if kind == "capped-cpu":
        if alias_limit(document, dialect, "cpu-cap") is None:
            raise Refused("no_entry")
        return {}
    if kind == "capped-memory":
        if not found and all(alias_or_none(document, dialect, alias) is None for alias in ("swap", "locked")):
            raise Refused("no_type")
        return found[0] if found else {}
    if not found:
        raise Refused("no_entry")
    return found[0]


def remove(session: Session, statement: Statement) -> None:
    if session.read_only("remove"):
        return
    if session.scope is not None:
        _remove_property(session, statement)
        return
    kind = statement.resource
    if no_resource_of_global(session, kind):
        session.error(f"{kind} is not a valid resource for the global zone.")
        return
    if kind is None:
        session.long_usage("remove")
        return
    must_be_known(session.dialect, kind)
    parsed = session.options("remove", statement.words, "?F", quiet=False)
    if parsed is None:
        return
    document = session.ready()
    if document is None:
        return
    try:
        if kind == "inherit-pkg-dir" and session.installed():
            session.error(f"Zone {session.zone} already installed; remove inherit-pkg-dir not allowed.", False)
        elif session.dialect.kinds[kind].single:
            _remove_single(session, document, kind)
        elif statement.pairs:
            wanted = wanted_of(session, statement)
            if wanted is None:
                raise Refused("insufficient")
            delete(document, session.dialect, kind, filled_in(document, session.dialect, kind, wanted))
            session.dirty = True
        else:
            _remove_all(session, document, kind, "F" in parsed[0])
    except Refused as refused:
        session.refuse(f"remove {kind}", refused.code)


def _remove_all(session: Session, document: ZoneDocument, kind: str, force: bool) -> None:
    count = len(of_type(document, kind))
    if count == 0:
        raise Refused("no_entry")
    if count > 1 and not force:
        if session.interactive:
            session.failed = True
            session.error("Resource incomplete.", False)
        else:
            session.error(
                "There are multiple instances of this resource.  Either qualify the resource to\n"
                "remove a single instance or use the -F option to remove all instances."
            )
        return
    document["resources"] = [resource for resource in document["resources"] if resource["kind"] != kind]
    session.dirty = True


def _remove_single(session: Session, document: ZoneDocument, kind: str) -> None:
    dialect = session.dialect
    aliases = {"capped-cpu": ("cpu-cap",), "capped-memory": ("swap", "locked")}.get(kind, ())
    there = [alias for alias in aliases if alias_or_none(document, dialect, alias) is not None]
    if not there and not of_type(document, kind):
        raise Refused("no_type" if aliases else "no_entry")
    document["resources"] = [resource for resource in document["resources"] if resource["kind"] != kind]
    for alias in there:
        remove_alias(document, dialect, alias)
    session.dirty = True


def _remove_property(session: Session, statement: Statement) -> None:
    kind, word, value = session.scope, statement.name, statement.value
    if not kind or word is None:
        session.long_usage("remove")
        return
    known = session.dialect.kinds[kind]
    if kind == "net" and word == "defrouter":
        session.draft(kind).pop("defrouter", None)
        return
    if not known.lists and kind != "net":
        session.no_resource(kind, "remove")
        return
    if word not in known.lists:
        session.no_property(word, "remove")
        return
    held: list[Any] = session.draft(kind).get(word, [])
    if kind == "rctl":
        if isinstance(value, str | Listed):
            session.error("A complex value was expected here.")
            return
        parts = dict.fromkeys(("priv", "limit", "action"), "")
        for name, part in value:
            if name not in parts:
                session.no_property(word, "add")
                return
            parts[name] = cut(part, 256)
        _take(session, held, word, list(parts.values()))
        return
    if not isinstance(value, str | Listed):
        session.error(_SIMPLE_OR_LIST)
        return
    for item in value.items if isinstance(value, Listed) else [value]:
        if not isinstance(item, str):
            break
        _take(session, held, word, item)


def _take(session: Session, held: list[Any], word: str, item: Any) -> None:
    if item in held:
        held.remove(item)
    else:
        session.refuse(word, "no_property_id")


def clear(session: Session, statement: Statement) -> None:
    word = statement.name
    assert word is not None
    must_be_known_property(session.dialect, word)
    if session.read_only("clear"):
        return
    if session.scope is None and not_in_global(session, word):
        session.error(f"{word} is not a valid property for the global zone.")
        return
    document = session.ready()
    if document is None:
        return
    if session.scope is not None:
        _clear_draft(session, document, session.scope, word)
    elif word in ("zonename", "zonepath", "brand"):
        session.refuse(word, "clear")
    elif word in session.dialect.aliases:
        _clear_alias(session, document, word)
    elif word in session.dialect.globals:
        if word == "autoboot":
            document["attributes"][word] = "false"
        else:
            document["attributes"].pop(word, None)
        session.dirty = True
    else:
        session.no_property(word, "clear")


def _clear_alias(session: Session, document: ZoneDocument, alias: str) -> None:
    try:
        if alias_limit(document, session.dialect, alias) is None:
            raise Refused("no_entry")
    except Refused as refused:
        session.refuse(f"clear {alias}", refused.code)
        return
    remove_alias(document, session.dialect, alias)
    session.dirty = True


def _clear_draft(session: Session, document: ZoneDocument, kind: str, word: str) -> None:
    optional: dict[str, tuple[str, ...]] = {"fs": ("raw",), "dedicated-cpu": ("importance",), "capped-memory": ("physical",)}
    if session.dialect.family == "s11":
        required = session.dialect.kinds[kind].end if kind in session.dialect.kinds else ()
        words = session.dialect.kinds[kind].words if kind in session.dialect.kinds else ()
        optional = {kind: tuple(known for known in words if known not in required or known == "raw")}
    if kind == "capped-memory" and word in ("swap", "locked"):
        _clear_alias(session, document, word)
    elif word in optional.get(kind, ()):
        session.draft(kind).pop(word, None)
        session.dirty = True
    else:
        session.refuse(word, "clear")
