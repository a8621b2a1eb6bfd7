# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run of zonecfg holds: the configuration in hand, the scope, the flags that decide the exit status, and its voice.

zonecfg's own rules: an error message carries the line number once per line; most errors raise a flag that stops a command file
(not standard input, not arguments), some do not; whatever was changed is committed at the end, error or not, if it verifies.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from . import texts
from .dialect import Dialect
from .document import ERRORS, Resource, ZoneDocument, brand_of, from_template
from .lexer import Lexer

USAGE_MARK = "<usage text>"
STATES = ("configured", "incomplete", "installed", "ready", "mounted", "running", "shutting_down", "down")
_USERS = frozenset({"root", "daemon", "bin", "sys", "adm", "lp", "uucp", "nuucp", "nobody", "noaccess", "nobody4"})


class Exit(Exception):
    """The program ends here, without the commit at the end."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Machine:
    """What zonecfg sees around it: saved configurations and states of zones, brands, users, files."""

    documents: dict[str, ZoneDocument] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    brands: frozenset[str] = frozenset()
    users: frozenset[str] = _USERS
    detached: Callable[[str], ZoneDocument | None] = lambda path: None  # the manifest zoneadm detach left in a zonepath
    write_file: Callable[[str, str], None] | None = None
    may_write: bool = True

    def at_least(self, zone: str, state: str) -> bool:
        if zone not in self.documents:
            return False
        found = self.states.get(zone, "configured")
        # 'unavailable' (Solaris 11) is an installed zone whose zonepath is out of reach
        place = STATES.index("installed" if found == "unavailable" else found)
        return place >= STATES.index(state)


class Session:
    def __init__(self, zone: str, dialect: Dialect, machine: Machine, lexer: Lexer, *, mode: str, filename: str) -> None:
        self.zone = self.revert_zone = zone
        self.dialect = dialect
        self.machine = machine
        self.lexer = lexer
        self.numbered = mode in ("file", "stdin")
        self.interactive = mode in ("stdin", "interactive")
        self.filename = filename
        self.is_global = zone == "global"
        self.document: ZoneDocument | None = None
        self.old_name = ""  # the name a zone had before it was renamed, until the commit
        self.is_new = False
        self.got_handle = False
        self.dirty = False
        self.failed = False
        self.leaving = self.forced = False
        self.scope: str | None = None  # None: global; "": a resource of no type
        self.selected = False  # end changes a resource instead of adding one
        self.drafts: dict[str, Resource] = {}
        self.olds: dict[str, Resource] = {}
        self.complain_options = True  # getopt's own messages; 'set' switches them off for good
        self.stdout: list[str] = []
        self.stderr: list[str] = []
        self.messages: list[str] = []  # stderr with every usage block replaced by USAGE_MARK
        self._last_line = 0

    # voice
    def out(self, text: str) -> None:
        self.stdout.append(text)

    def raw(self, text: str) -> None:
        self.stderr.append(text)
        self.messages.extend(line for line in text.split("\n") if line)

    def usage(self, text: str) -> None:
        self.stderr.append(text)
        if not self.messages or self.messages[-1] != USAGE_MARK:
            self.messages.append(USAGE_MARK)

    def error(self, text: str, fails: bool = True) -> None:
        """A message with the line number in front of the first one of a line; ``fails`` raises the error flag."""
        if self.numbered and self.lexer.line > self._last_line:
            where = "" if self.filename == "-" else f" of {self.filename}"
            self.raw(f"On line {self.lexer.line - 1}{where}:\n")
            self._last_line = self.lexer.line
        self.raw(text + "\n")
        self.failed = self.failed or fails

    def refuse(self, prefix: str, code: str, fails: bool = True) -> None:
        self.error(f"{prefix}: {ERRORS[code]}", fails)

    def stop(self, text: str) -> NoReturn:
        self.error(text, False)
        raise Exit(1)

    def syntax_error(self, text: str) -> None:
        self.failed = True
        where = f" on line {self.lexer.line}" if self.numbered else ""
        self.raw(f"syntax error{where} at '{text}'\n")
        self.usage(texts.commands())

    def short_usage(self, command: str) -> None:
        if self.numbered:
            where = "" if self.filename == "-" else f" of {self.filename}"
            self.raw(f"syntax error on line {self.lexer.line - 1}{where}\n")
        self.usage(texts.command_usage(command))
        self.failed = True

    def long_usage(self, command: str, more: str = "") -> None:
        self.usage(texts.command_usage(command) + more)
        self.failed = True

    def help(self, command: str) -> None:
        self.out(texts.command_usage(command))
        if more := texts.extra(command, self.dialect):
            self.out("\n" + more)

    def wrong_scope(self, command: str) -> None:
        wanted = "resource" if self.scope is None else "global"
        self.error(f"The {command} command only makes sense in the {wanted} scope.")

    def no_property(self, word: str, command: str) -> None:
        self.refuse(word, "no_property")
        self.long_usage(command, texts.properties(self.dialect))

    def no_resource(self, kind: str, command: str) -> None:
        self.refuse(kind, "no_type")
        self.long_usage(command, texts.resources(self.dialect))

    def options(self, command: str, words: list[str], allowed: str, quiet: bool = False) -> tuple[dict[str, str], list[str]] | None:
        """getopt over the words after a command; None when one of them was wrong, the usage is printed then. ``quiet`` is for
        the commands that answer any unknown option as if help was asked for, on standard output."""
        found: dict[str, str] = {}
        place, wrong = 0, False
        while place < len(words) and words[place].startswith("-") and words[place] != "-":
            if words[place] == "--":
                place += 1
                break
            letters = words[place][1:]
            place += 1
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter == ":" or letter not in allowed:
                    if letter != "?" or "?" not in allowed:
                        self._complain(words[0], "illegal option", letter)
                    if quiet or letter == "?":
                        self.help(command)
                    else:
                        self.short_usage(command)
                    wrong = True
                elif letter == "?":
                    self.help(command)
                    wrong = True
                elif allowed.partition(letter)[2].startswith(":"):
                    if not letters and place >= len(words):
                        self._complain(words[0], "option requires an argument", letter)
                        self.help(command) if quiet else self.short_usage(command)
                        wrong = True
                        break
                    found[letter] = letters or words[place]
                    place += not letters
                    break
                else:
                    found[letter] = ""
        return None if wrong else (found, words[place:])

    def _complain(self, name: str, what: str, letter: str) -> None:
        if self.complain_options:
            self.raw(f"{name}: {what} -- {letter}\n")

    # the configuration in hand
    def ready(self, expected: bool = True) -> ZoneDocument | None:
        """The configuration in hand, read from the saved one when there is none yet. None after a message: no such zone."""
        if self.document is not None:
            return self.document
        saved = self.machine.documents.get(self.zone)
        if saved is not None:
            self.document = copy.deepcopy(saved)
            self.is_new = False
            self.got_handle = True
            brand = brand_of(saved, self.dialect)
            if brand not in self.machine.brands:
                self.stop(f'Zone {self.zone} uses non-existent brand "{brand}".  Unable to continue')
        elif self.is_global and not self.got_handle and self.machine.may_write:
            self.document = from_template(self.dialect, self.dialect.blank, self.zone)
            self.is_new = self.dirty = self.got_handle = True
        else:
            self.refuse(self.zone, "no_zone", expected or self.got_handle)
            if not self.got_handle and self.interactive and self.machine.may_write:
                self.out("Use 'create' to begin configuring a new zone.\n")
        return self.document

    def drop(self) -> None:
        self.document = None
        self.is_new = False
        self.old_name = ""

    def read_only(self, command: str) -> bool:
        if self.zone.startswith("SUNW"):
            self.error(f"{self.zone}: zones beginning with SUNW are read-only.")
            return True
        if not self.machine.may_write:
            self.error(f"{self.zone}: cannot {command} in read-only mode.")
            return True
        return False

    def installed(self) -> bool:
        return self.machine.at_least(self.zone, "installed")

    def draft(self, kind: str) -> Resource:
        return self.drafts.setdefault(kind, {})

    def save(self, document: ZoneDocument) -> None:
        """Write the configuration in hand to the machine, under its own name."""
        name = document["name"]
        renamed_state = self.machine.states.get(self.old_name) if self.old_name else None
        self.machine.documents[name] = copy.deepcopy(document)
        if self.old_name:
            self.machine.documents.pop(self.old_name, None)
            self.machine.states.pop(self.old_name, None)
            self.machine.states[name] = renamed_state or "configured"
            self.old_name = ""
        elif self.is_new:
            self.machine.states[name] = "configured"
        else:
            self.machine.states.setdefault(name, "configured")
        self.is_new = False


Handler = Callable[[Session, Any], None]
