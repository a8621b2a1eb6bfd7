# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""info and export: how a configuration is printed."""

from __future__ import annotations

from collections.abc import Iterator

from .dialect import Dialect
from .document import Resource, ZoneDocument, alias_or_none, brand_of, ip_type_of, of_type, same_address, zonepath_of
from .edit import no_resource_of_global, not_in_global, wanted_of
from .grammar import Statement
from .rules import scaled
from .session import Session

_SIZES = {"pool": 256, "bootargs": 256, "scheduling-class": 256}  # longer ones cannot be read back


def _quoted(value: str, dialect: Dialect) -> str:
    special = " ;=[]()" if dialect.family == "s11" else " "
    return f'"{value}"' if any(char in value for char in special) else value


def _span(ncpus: list[str]) -> str:
    return ncpus[0] if ncpus[0] == ncpus[1] else "-".join(ncpus)


def export(session: Session, statement: Statement) -> None:
    allowed = "?f:a" if session.dialect.family == "s11" else "?f:"
    parsed = session.options("export", statement.words, allowed)
    if parsed is None:
        return
    options, rest = parsed
    if rest:
        session.short_usage("export")
        return
    document = session.ready()
    if document is None:
        return
    text = "".join(f"{line}\n" for line in export_lines(session, document, "a" in options))
    if "f" not in options:
        session.out(text)
        return
    try:
        if session.machine.write_file is None:
            raise OSError(13, "Permission denied")
        session.machine.write_file(options["f"], text)
    except OSError as error:
        session.error(f"opening file {options['f']}: {error.strerror}", False)


def export_lines(session: Session, document: ZoneDocument, everything: bool) -> Iterator[str]:
    dialect = session.dialect
    attributes = document["attributes"]
    yield "create -b"
    for word in dialect.export_globals:
        value = attributes.get(word, "")
        if word == "brand":
            # asked of the saved zone, not of the configuration in hand
            saved = session.machine.documents.get(session.zone)
            if session.is_global:
                saved = saved or {"attributes": {}}
            value = brand_of(saved, dialect) if saved else (value if dialect.family == "s11" else "")
            if value == dialect.unprinted_brand:
                continue
        elif word == "ip-type":
            value = ip_type_of(document)
        if not value or len(value) >= _SIZES.get(word, 1024) or (not everything and dialect.hide_defaults.get(word) == value):
            continue
        yield f"set {word}={_quoted(value, dialect) if dialect.family == 's11' else value}"
    for kind in dialect.export_order:
        for resource in of_type(document, kind):
            yield from _export_resource(dialect, kind, resource)


def _export_resource(dialect: Dialect, kind: str, resource: Resource) -> Iterator[str]:
    yield f"add {kind}"
    for word in dialect.kinds[kind].words:
        value = resource.get(word)
        if not value:
            continue
        if kind == "rctl" and word == "value":
            for priv, limit, action in value:
                yield f"add value (priv={priv},limit={limit},action={action})"
        elif isinstance(value, list) and word != "ncpus":
            for item in value:
                yield f'add {word} "{item}"' if "=" in item else f"add {word} {item}"
        elif kind == "dedicated-cpu" and word == "ncpus":
            yield f"set ncpus={_span(value)}"
        elif kind == "capped-memory":
            yield f"set physical={scaled(int(value))}"
        else:
            yield f"set {word}={_quoted(value, dialect)}"
    yield "end"


def info(session: Session, statement: Statement) -> None:
    document = session.ready()
    if document is None:
        return
    dialect = session.dialect
    everything = statement.words == ["-a"] or not dialect.hide_defaults
    if session.scope is not None:
        if session.scope:
            session.out("".join(_draft_lines(session, document, session.scope)))
        return
    subject = statement.resource or statement.name
    if not_in_global(session, subject):
        session.error(f"{subject} is not a valid property for the global zone.", False)
    elif no_resource_of_global(session, subject):
        session.error(f"{subject} is not a valid resource for the global zone.", False)
    elif statement.name is not None:
        _info_global(session, document, statement.name, True)
    elif statement.resource is not None:
        _info_kind(session, document, statement.resource, statement, everything)
    else:
        for word in (*dialect.globals, *dialect.aliases):
            if not not_in_global(session, word):
                _info_global(session, document, word, everything)
        for kind in dialect.info_order:
            if not no_resource_of_global(session, kind):
                _info_kind(session, document, kind, statement, everything)


def _info_global(session: Session, document: ZoneDocument, word: str, everything: bool) -> None:
    dialect, attributes = session.dialect, document["attributes"]
    if word in dialect.aliases:
        limit = alias_or_none(document, dialect, word)
        if limit is not None:
            session.out(f"[{word}: {scaled(limit) if word == 'max-shm-memory' else limit}]\n")
        return
    value = attributes.get(word, "")
    if word == "zonename":
        value = document["name"]
    elif word == "brand":
        value = brand_of(document, dialect)
    elif word == "ip-type":
        value = ip_type_of(document)
    elif len(value) >= _SIZES.get(word, 1024):
        session.refuse(session.zone, "too_big")
        return
    if not everything and (not value or dialect.hide_defaults.get(word) == value):
        return
    if word == "zonepath" and dialect.family == "s11":
        value = zonepath_of(document)
    session.out(f"{word}: {value}\n")


def _info_kind(session: Session, document: ZoneDocument, kind: str, statement: Statement, everything: bool) -> None:
    dialect = session.dialect
    if kind in ("capped-cpu", "capped-memory"):
        session.out("".join(_capped_lines(session, document, kind, (of_type(document, kind) or [{}])[0])))
        return
    shown = False
    for resource in of_type(document, kind):
        if statement.pairs:
            wanted = wanted_of(session, statement)
            if wanted is None or not _means(dialect, kind, wanted, resource):
                continue
        session.out("".join(_lines(dialect, kind, resource, everything)))
        shown = True
    if statement.pairs and not shown and not dialect.kinds[kind].single:
        session.out(f"No such {kind} resource.\n")


def _means(dialect: Dialect, kind: str, wanted: Resource, resource: Resource) -> bool:
    compared = {"fs": ("dir", "special", "type"), "net": ("physical", "address")}.get(kind, dialect.kinds[kind].lookup)
    if dialect.family == "s11":
        compared = dialect.kinds[kind].lookup
    return all(
        not wanted.get(word)
        or (same_address(wanted[word], resource.get(word, "")) if word == "address" else wanted[word] == resource.get(word, ""))
        for word in compared
    )


def _lines(dialect: Dialect, kind: str, resource: Resource, everything: bool = True) -> Iterator[str]:
    known = dialect.kinds[kind]
    yield f"{kind}:\n"
    for word in known.words:
        value = resource.get(word)
        if kind == "fs" and word == "options":
            items = [f'"{item}"' if "=" in item else item for item in value or []]
            yield f"\toptions: [{','.join(items)}]\n"
        elif kind == "rctl" and word == "value":
            for priv, limit, action in value or []:
                yield f"\tvalue: (priv={priv},limit={limit},action={action})\n"
        elif kind == "dedicated-cpu" and word == "ncpus":
            yield f"\tncpus: {_span(value)}\n" if value else "\tncpus: \n"
        elif isinstance(value, list):
            for item in value:
                yield f"\t{word}: {item}\n"
        elif value:
            if everything or kind != "anet" or _S11_4_ANET_DEFAULTS.get(word) != value:
                yield f'\t{word}: "{value}"\n' if " " in value else f"\t{word}: {value}\n"
        elif word == "configure-allowed-address":
            if everything:
                yield f"\t{word}: true\n"
        elif everything and word not in known.silent:
            yield f"\t{word} not specified\n"


# 11.4 prints an anet as it comes from the template with linkname and configure-allowed-address only
_S11_4_ANET_DEFAULTS = {"lower-link": "auto", "link-protection": "mac-nospoof", "mac-address": "auto"}


def _draft_lines(session: Session, document: ZoneDocument, kind: str) -> Iterator[str]:
    if kind in ("capped-cpu", "capped-memory"):
        yield from _capped_lines(session, document, kind, session.draft(kind), kind == "capped-memory")
    else:
        yield from _lines(session.dialect, kind, session.draft(kind))


def _capped_lines(session: Session, document: ZoneDocument, kind: str, resource: Resource, always: bool = False) -> Iterator[str]:
    """Square brackets: what is really a resource control."""
    dialect = session.dialect
    if kind == "capped-cpu":
        cap = alias_or_none(document, dialect, "cpu-cap")
        if cap is not None:
            yield f"capped-cpu:\n\t[ncpus: {cap / 100:.2f}]\n"
        return
    aliases = {alias: alias_or_none(document, dialect, alias) for alias in ("swap", "locked")}
    if not always and not resource.get("physical") and all(limit is None for limit in aliases.values()):
        return
    yield "capped-memory:\n"
    if resource.get("physical"):
        yield f"\tphysical: {scaled(int(resource['physical']))}\n"
    for alias, limit in aliases.items():
        if limit is not None:
            yield f"\t[{alias}: {scaled(limit)}]\n"
