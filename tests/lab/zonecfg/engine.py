# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of zonecfg over a text of commands."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import assign, edit, finish, show, whole
from .dialect import DIALECTS, NotSimulated
from .document import ZoneDocument, same_file
from .grammar import Parser, Statement
from .lexer import Lexer
from .session import Exit, Machine, Session
from .verify import verify

_HANDLERS: dict[str, Callable[[Session, Statement], None]] = {
    "add": edit.add,
    "cancel": whole.cancel,
    "clear": edit.clear,
    "commit": whole.commit,
    "create": whole.create,
    "delete": whole.delete,
    "end": finish.end,
    "exit": whole.exit_,
    "export": show.export,
    "help": whole.help_,
    "info": show.info,
    "remove": edit.remove,
    "revert": whole.revert,
    "select": edit.select,
    "set": assign.set_,
    "verify": whole.verify_,
}


@dataclass(frozen=True)
class Result:
    """``messages`` is stderr by lines with each usage block as one '<usage text>'. ``saved`` is about the zone that was asked
    for; ``document`` is its configuration afterwards. A rename shows in the machine that was passed."""

    exit_code: int
    stdout: str
    stderr: str
    messages: list[str]
    document: ZoneDocument | None
    saved: str  # no zone, created, changed, unchanged, deleted


def run(
    text: str,
    *,
    mode: str,
    zone_name: str,
    dialect: str,
    filename: str = "-",
    existing: ZoneDocument | None = None,
    zone_state: str | None = None,
    brands: Iterable[str] | None = None,
    machine: Machine | None = None,
) -> Result:
    """Run ``text`` as zonecfg would. ``mode``: file (-f FILE, its name in ``filename``), stdin (-f -), argv (the words of the command
    line joined by blanks, newline added), interactive (neither: commands from standard input that is no terminal). Either
    ``machine``, which is changed, or ``existing`` with ``zone_state`` say what is there. NotSimulated passes through."""
    known = DIALECTS[dialect]
    if machine is None:
        machine = Machine()
        if existing is not None:
            machine.documents[zone_name] = copy.deepcopy(existing)
            machine.states[zone_name] = zone_state or "configured"
    machine.brands = frozenset(brands) if brands is not None else machine.brands or known.brands
    before = copy.deepcopy(machine.documents.get(zone_name))
    lexer = Lexer(text + "\n" if mode == "argv" else text, known)
    session = Session(zone_name, known, machine, lexer, mode=mode, filename=filename)
    try:
        if mode == "interactive":
            session.ready(expected=False)
        _read(session, Parser(lexer, known, lambda kind, about: _fault(session, kind, about)), mode)
        status = _finish(session)
    except Exit as ending:
        status = ending.status
    after = machine.documents.get(zone_name)
    if after is None:
        saved = "no zone" if before is None else "deleted"
    elif before is None:
        saved = "created"
    else:
        saved = "unchanged" if same_file(before, after) else "changed"
    return Result(status, "".join(session.stdout), "".join(session.stderr), session.messages, after, saved)


def _fault(session: Session, kind: str, about: str) -> None:
    if kind == "syntax":
        session.syntax_error(about)
    elif kind == "usage":
        session.short_usage(about.rstrip("+"))
        if about.endswith("+"):
            session.usage("\n")
    else:
        raise NotSimulated(about)


def _read(session: Session, parser: Parser, mode: str) -> None:
    while not parser.at_end:
        statement = parser.statement()
        if statement is not None:
            _HANDLERS[statement.command](session, statement)
        if mode == "file" and session.failed:
            session.leaving = True
        if session.leaving and mode != "argv":
            return


def _finish(session: Session) -> int:
    """The commit at the end of every run."""
    if session.scope is not None:
        session.failed = True
        if not session.leaving:
            session.error("Resource incomplete.", False)
            return 1
    if session.dirty and session.document is not None:
        if not session.read_only("commit"):
            verify(session, save=True)
        if session.dirty:
            session.error("Configuration not saved.", False)
            return 1
    return 1 if session.dirty or session.failed else 0
