# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that put files of the daemons in their places: whole, with their rights, and by a rename."""

from __future__ import annotations

from collections.abc import Sequence

from ...commands import cksum
from ...model.command import Command, File, Output
from ...model.plan import Wait

# Fixed scripts for the old Bourne shell, paths and modes their arguments. Copies are made under umask 077: nobody reads a key meanwhile.
_PUT = 'rm -f "$2.new"; cp "$1" "$2.new" && chmod "$3" "$2.new" && { test -z "$4" || chown "$4" "$2.new"; }'
_MOVE = 'while test $# -gt 0; do mv -f "$1.new" "$1" || exit 1; shift; done'
_FOLDER = 'mkdir -p "$1" && chmod "$2" "$1" && { test -z "$3" || chown "$3" "$1"; }'
_RIGHTS = 'chmod "$2" "$1" && { test -z "$3" || chown "$3" "$1"; }'
_KEEP = 'cp "$1" "$2.new" && mv -f "$2.new" "$2"'


def _script(text: str, *words: str | File, secrets: tuple[str, ...] = ()) -> Command:
    return Command.of("/bin/sh", "-c", text, "sh", *words, secrets=secrets)


def _owner(user: str) -> str:
    """Who copies is root already."""
    return "" if user == "root" else user


def put(name: str, content: str, path: str, mode: str, owner: str, secrets: tuple[str, ...] = ()) -> Command:
    """``content`` beside ``path``, as PATH.new. It travels on standard input, its file is shown by its name alone."""
    return _script(_PUT, File(name, content), path, mode, _owner(owner), secrets=secrets)


def put_program(staged: str, name: str, path: str) -> Command:
    """A program that was sent to the folder ``staged``, whose name is drawn for each run and not shown."""
    return _script(_PUT, f"{staged}/{name}", path, "0755", "", secrets=(staged,))


def arrived(path: str, wanted: str) -> Wait:
    """What lies beside ``path`` is what was sent: anything else ends the plan."""

    def word(output: Output) -> str:
        return "whole" if cksum.parse(output, f"{path}.new") == wanted else "damaged"

    return Wait(cksum.probe(f"{path}.new"), word, frozenset({"whole"}), frozenset(), delay=0.05, deadline=5.0)


def move(paths: Sequence[str]) -> Command:
    """Every PATH.new takes its place."""
    return _script(_MOVE, *paths)


def folder(path: str, mode: str, owner: str) -> Command:
    return _script(_FOLDER, path, mode, _owner(owner))


def rights(path: str, mode: str, owner: str) -> Command:
    return _script(_RIGHTS, path, mode, owner)


def keep(name: str, content: str, path: str) -> Command:
    """A small file of ours, 0600."""
    return _script(_KEEP, File(name, content), path)


def add_user(user: str) -> Command:
    """Without shell, home and password."""
    return Command.of("useradd", "-c", "heliostat heartbeat", "-d", "/", "-s", "/usr/bin/false", user)
