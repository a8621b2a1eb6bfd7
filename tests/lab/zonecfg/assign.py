# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""set: zone-wide properties and those of the resource being edited."""

from __future__ import annotations

from . import rules
from .dialect import NotSimulated
from .document import Refused, ZoneDocument, alias_limit, brand_of, ip_type_of, must_be_known_property, of_type, set_alias
from .edit import LOW_CONTROL, add_property, not_in_global
from .grammar import Listed, Statement
from .session import Session
from .texts import ZONE_SYNTAX

_MEGABYTE = 1 << 20
_POSITIVE = "A positive number with a required scale suffix (K, M, G or T) was expected here."
_NOT_NEGATIVE = "A non-negative number with a required scale suffix (K, M, G or T) was expected\nhere."
# Values Solaris 11 documents for these.
_S11_CHOICES = {
    "autoshutdown": ("shutdown", "halt", "suspend"),
    "file-mac-profile": ("none", "strict", "fixed-configuration", "flexible-configuration", "dynamic-zones"),
}


def set_(session: Session, statement: Statement) -> None:
    if session.read_only("set"):
        return
    session.complain_options = False
    parsed = session.options("set", statement.words, "F")
    if parsed is None:
        return
    word, value = statement.name, statement.value
    assert word is not None
    dialect = session.dialect
    must_be_known_property(dialect, word)
    if session.scope is None:
        if not_in_global(session, word):
            session.error(f"{word} is not a valid property for the global zone.")
            return
        if word not in dialect.globals and word not in dialect.aliases:
            session.error("Cannot set a resource-specific property from the global scope.")
            return
    if "F" in parsed[0]:
        zonepath = session.scope is None and word == "zonepath"
        session.error("Zonepath is changeable only in an alternate root." if zonepath else "Only zonepath setting can be forced.")
        return
    kind = dialect.kinds.get(session.scope or "")
    listed = kind is not None and word in kind.lists
    if not listed and not isinstance(value, str):
        session.error("A simple value was expected here.")
        return
    if session.scope is None and word == "zonename" and not session.got_handle and session.zone not in session.machine.documents:
        if not rules.zone_name(value):
            session.refuse(value, "bogus")
            session.raw("\n" + ZONE_SYNTAX)
        else:
            session.zone = value
        return
    document = session.ready()
    if document is None:
        return
    if session.scope is None:
        _set_global(session, document, word, value)
    elif kind is None or word not in kind.words:
        session.no_property(word, "set")
    elif listed:
        _set_list(session, statement)
    else:
        _set_draft(session, document, session.scope, word, value)


def _set_list(session: Session, statement: Statement) -> None:
    value = statement.value
    if session.scope == "rctl":
        if isinstance(value, str):
            session.error("A complex or list value was expected here.")
            return
    elif not isinstance(value, str | Listed):
        session.error("A simple or list value was expected here.")
        return
    session.draft(session.scope or "").pop(str(statement.name), None)
    if not (isinstance(value, Listed) and not value.items):
        add_property(session, statement)


def _set_global(session: Session, document: ZoneDocument, word: str, value: str) -> None:
    if word == "zonename":
        _rename(session, document, value)
        return
    if word in session.dialect.aliases:
        _set_control(session, document, word, value)
        return
    if word in ("zonepath", "brand") and session.installed():
        session.error(f"Zone {session.zone} already installed; set {word} not allowed.", False)
        return
    problem = _wrong_global(session, document, word, value)
    if problem == "":
        return
    if problem is not None:
        session.error(problem)
        return
    if word == "zonepath" and session.dialect.family != "s10":
        while "//" in value:
            value = value.replace("//", "/")
        value = value.rstrip("/")
    if word == "ip-type" and value == "shared" and session.dialect.family != "s11":
        document["attributes"].pop(word, None)  # the default is not written
    else:
        document["attributes"][word] = value
    session.dirty = True


def _wrong_global(session: Session, document: ZoneDocument, word: str, value: str) -> str | None:
    """A message, '' when one was printed already, None for a good value."""
    if word == "zonepath":
        if not value.startswith("/"):
            return f"{value} is not an absolute path."
        if value == "/" or (session.dialect.family != "s10" and not value.strip("/")):
            return "/ is not allowed as a zonepath."
    elif word == "autoboot" and value not in ("true", "false"):
        return "autoboot value must be 'true' or 'false'."
    elif word == "pool":
        if value.startswith("SUNW"):
            return "pool names starting with SUNW are reserved."
        if of_type(document, "dedicated-cpu"):
            return "The dedicated-cpu resource already exists.  A persistent pool is incompatible\nwith the dedicated-cpu resource."
    elif word == "ip-type":
        if value not in ("shared", "exclusive"):
            return "ip-type value must be 'shared' or 'exclusive'."
        if value == "exclusive" and brand_of(document, session.dialect) not in session.machine.brands:
            return f"{session.zone}: unknown brand.\n"
    elif word == "hostid":
        code = rules.hostid_error(value)
        if code == "too_big":
            return f"hostid string is too large: {value}"
        if code:
            session.refuse(word, code)
            return ""
    elif word == "fs-allowed":
        code = rules.fs_allowed_error(value)
        if code:
            session.refuse(session.zone, code)
            return ""
    elif word == "brand" and value == "solaris-kz":
        raise NotSimulated("kernel zones")
    elif word in _S11_CHOICES and value not in _S11_CHOICES[word]:
        raise NotSimulated(f"what zonecfg says of {word}={value}")
    return None


def _rename(session: Session, document: ZoneDocument, name: str) -> None:
    machine, current = session.machine, document["name"]
    code = ""
    if name != current:
        if name.startswith("SUNW") or not rules.zone_name(name):
            code = "bogus"
        elif name == session.old_name:
            session.old_name = ""
        elif name in machine.documents or name in machine.states:
            code = "in_use"
        elif machine.at_least(session.old_name or current, "ready") and not session.is_new:
            code = "state"
        elif not session.is_new and not session.old_name:
            session.old_name = current
    if code:
        session.refuse(name, code)
        session.raw("\n" + ZONE_SYNTAX)
        return
    document["name"] = session.zone = name
    session.dirty = True


def _set_control(session: Session, document: ZoneDocument, alias: str, value: str) -> None:
    if session.is_global and alias != "cpu-shares":
        session.error(LOW_CONTROL.format("resource control"), False)
    if alias == "max-shm-memory":
        amount = rules.memory(value)
        if amount is None:
            session.error(_NOT_NEGATIVE)
            return
        value = str(amount)
    try:
        alias_limit(document, session.dialect, alias)
    except Refused:
        session.refuse(alias, "alias")
        return
    limit = rules.unsigned(value)
    if limit is None or limit < session.dialect.aliases[alias][2]:
        session.error(f"{alias} property is out of range.")
        return
    set_alias(document, session.dialect, alias, limit)
    session.dirty = True


def _set_draft(session: Session, document: ZoneDocument, kind: str, word: str, value: str) -> None:
    draft = session.draft(kind)
    if kind == "capped-cpu":
        hundredths = rules.cpu_cap(value)
        if hundredths is None:
            session.error("ncpus property is out of range.")
        else:
            set_alias(document, session.dialect, "cpu-cap", hundredths)
            session.dirty = True
        return
    if kind == "capped-memory":
        _set_memory(session, document, word, value)
        return
    if kind == "dedicated-cpu":
        span = rules.cpu_range(value) if word == "ncpus" else [value]
        if span is None or (word == "importance" and rules.unsigned(value) is None):
            session.error(f"{word} property is out of range.")
        else:
            draft[word] = span if word == "ncpus" else value
        return
    if word in ("address", "allowed-address", "defrouter") and kind in ("net", "anet"):
        if not _good_addresses(session, word, value):
            return
    elif word == "physical":
        problem = rules.interface_error(value, session.dialect.family, ip_type_of(document))
        if problem:
            session.error(problem)
            return
    elif kind == "fs" and word == "type" and not rules.fs_type(value):
        session.error(f'"{value}" is not a valid type.')
        return
    elif kind == "rctl" and word == "name" and not rules.rctl_name(value):
        session.error(f"'{value}' is not a valid zone rctl name.", False)
        return
    draft[word] = rules.cut(value, session.dialect.kinds[kind].size(word))


def _good_addresses(session: Session, word: str, value: str) -> bool:
    """Solaris 11 takes several allowed addresses and routers, separated by commas."""
    family = session.dialect.family
    is_router = word == "defrouter" and family != "s10"
    for address in value.split(",") if family == "s11" and word != "address" else [value]:
        if is_router and "/" in address:
            session.error(
                f"Warning: prefix length in {address} is not required and will be ignored. The default host-prefix length will be used",
                False,
            )
        problem = rules.address_error(address, is_router)
        if problem:
            session.error(problem[0])
            if problem[1]:
                session.raw(rules.NETADDR_HELP)
            return False
    return True


def _set_memory(session: Session, document: ZoneDocument, word: str, value: str) -> None:
    amount = rules.memory(value)
    if word == "physical":
        if amount is None:
            session.error(_POSITIVE)
        elif amount < _MEGABYTE:
            session.error("physical value is too small.  It must be at least 1M.")
        else:
            session.draft("capped-memory")["physical"] = str(amount)
        return
    try:
        alias_limit(document, session.dialect, word)
    except Refused:
        session.refuse(word, "alias")
        return
    lowest = (100 if session.is_global else 50) * _MEGABYTE if word == "swap" else 0
    if amount is None:
        session.error(_POSITIVE if word == "swap" else _NOT_NEGATIVE)
    elif amount < lowest:
        session.error(f"swap value is too small.  It must be at least {rules.scaled(lowest)}.")
    else:
        set_alias(document, session.dialect, word, amount)
        session.dirty = True
