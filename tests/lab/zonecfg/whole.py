# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""create, delete, commit, verify, revert, exit, cancel, help: the subcommands about the configuration as a whole."""

from __future__ import annotations

import copy

from . import texts
from .dialect import NotSimulated
from .document import from_template
from .grammar import Statement
from .session import Exit, Session
from .verify import verify

_NO_TERMINAL = "Input not from terminal and -F not specified:\n{} command ignored, exiting."


def create(session: Session, statement: Statement) -> None:
    if session.dialect.family == "s11" and any(word.startswith("-X") for word in statement.words):
        raise NotSimulated("create -X")
    parsed = session.options("create", statement.words, "?a:bFt:")
    if parsed is None:
        return
    options, rest = parsed
    if rest:
        session.short_usage("create")
        return
    if session.read_only("create") or _exists(session, "F" in options):
        return
    dialect = session.dialect
    # -b and -t set the template, the later one wins
    template = dialect.default
    for letter, argument in options.items():
        template = {"b": dialect.blank, "t": argument}.get(letter, template)
    if "a" in options:
        document = session.machine.detached(options["a"])
        if document is None:
            session.raw("invalid path to detached zone\n")
            return
        document = {**copy.deepcopy(document), "name": session.zone}
        document["attributes"]["zonepath"] = options["a"]
    elif template in dialect.templates and dialect.templates[template].get("brand", "native") in (*session.machine.brands, "native"):
        document = from_template(dialect, template, session.zone)
    elif template in session.machine.documents:
        document = {**copy.deepcopy(session.machine.documents[template]), "name": session.zone}
    elif dialect.family == "s11" and template.startswith("SYS"):
        raise NotSimulated(f"template {template}")
    else:
        session.refuse(template, "no_zone")
        return
    if dialect.family == "s11" and not {"a", "b", "t"} & set(options):
        session.out(f"create: Using system default template '{dialect.default}'\n")
    session.dirty = session.is_new = session.got_handle = True
    session.old_name = ""
    session.document = document


def _exists(session: Session, force: bool) -> bool:
    """True when create must not go on; ends the program when it would have to ask."""
    if session.zone not in session.machine.documents:
        return False
    if session.installed():
        session.error(f"Zone {session.zone} already installed; create not allowed.", False)
        return True
    if force:
        session.out(f"Zone {session.zone} already exists; overwriting.\n")
        return False
    session.failed = True
    session.stop("Zone exists, input not from terminal and -F not specified:\ncreate command ignored, exiting.")


def _only_force(session: Session, statement: Statement) -> bool | None:
    """Whether -F is there, None after a usage message."""
    parsed = session.options(statement.command, statement.words, "?F", quiet=True)
    if parsed is None:
        return None
    options, rest = parsed
    if rest:
        session.short_usage(statement.command)
        return None
    return "F" in options


def delete(session: Session, statement: Statement) -> None:
    force = _only_force(session, statement)
    if force is None or session.read_only("delete"):
        return
    if not force:
        if session.ready() is None:
            return
        session.stop(_NO_TERMINAL.format("delete"))
    if session.dialect.family != "s10":
        session.ready()
    machine, zone = session.machine, session.zone
    if zone not in machine.documents:
        session.refuse(zone, "no_zone")
    elif machine.at_least(zone, "ready"):
        session.refuse(zone, "state")
    else:
        machine.documents.pop(zone)
        machine.states.pop(zone, None)
    session.dirty = False
    if session.document is None and session.interactive:
        session.out("Use 'create' to begin configuring a new zone.\n")
    if session.got_handle:
        session.drop()
        saved = machine.documents.get(zone)
        session.document = copy.deepcopy(saved)
        session.got_handle = saved is not None


def revert(session: Session, statement: Statement) -> None:
    force = _only_force(session, statement)
    if force is None or session.read_only("revert"):
        return
    if session.scope is not None and session.dialect.family != "s10":
        session.error("You can only use revert in the global scope.\nUse 'cancel' to cancel changes to a resource specification.")
        return
    if session.document is None:
        session.error("No changes to revert.")
        return
    if not force:
        session.stop(_NO_TERMINAL.format("revert"))
    session.drop()
    saved = session.machine.documents.get(session.revert_zone)
    if saved is None:
        session.got_handle = False
        session.error(f"{session.revert_zone}: no such saved zone to revert to.")
    session.document = copy.deepcopy(saved)
    session.zone = session.revert_zone


def exit_(session: Session, statement: Statement) -> None:
    parsed = session.options("exit", statement.words, "?F", quiet=True)
    if parsed is None:
        return
    options, rest = parsed
    session.forced = session.forced or "F" in options
    if rest:
        session.short_usage("exit")
    elif session.scope is None or session.forced:
        session.leaving = True
    else:
        session.failed = True
        session.error(
            "Resource incomplete, input not from terminal and -F not specified:\nexit command ignored, but exiting anyway.", False
        )
        raise Exit(1)


def commit(session: Session, statement: Statement) -> None:
    parsed = session.options("commit", statement.words, "?", quiet=True)
    if parsed is None:
        return
    if parsed[1]:
        session.short_usage("commit")
    elif not session.read_only("commit"):
        verify(session, save=True)


def verify_(session: Session, statement: Statement) -> None:
    parsed = session.options("verify", statement.words, "?", quiet=True)
    if parsed is not None and not session.read_only("verify"):
        verify(session, save=statement.words[:1] == ["save"])


def cancel(session: Session, statement: Statement) -> None:
    parsed = session.options("cancel", statement.words, "?", quiet=True)
    if parsed is None:
        return
    if parsed[1]:
        session.short_usage("cancel")
        return
    if session.scope is None:
        session.wrong_scope("cancel")
    session.scope = None
    for kind in ("fs", "inherit-pkg-dir", "net", "device", "rctl", "attr", "dataset"):
        session.drafts.pop(kind, None)


def help_(session: Session, statement: Statement) -> None:
    topic = statement.words[0] if statement.words else None
    dialect = session.dialect
    if topic is None:
        session.out(texts.commands() if session.scope is None else texts.scope(session.scope, dialect))
    elif topic == "usage":
        session.out(texts.USAGE)
    elif topic == "commands":
        session.out(texts.commands())
    elif topic == "syntax":
        session.out(texts.ZONE_SYNTAX + "\n" + texts.resources(dialect) + texts.properties(dialect))
    elif topic == "-?" or topic in texts.SYNTAX:
        session.help("help" if topic == "-?" else topic)
    else:
        session.raw(
            f"Unknown help subject {topic}.  More help is available for the following:\n\n\tcommands ('help commands')\n"
            "\tsyntax ('help syntax')\n\tusage ('help usage')\n\n"
            "You may also obtain help on any command by typing 'help <command-name>.'\n"
        )
