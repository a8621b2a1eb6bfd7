# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many commands in one round trip, and the only place where words are quoted.

The script is plain Bourne shell (Solaris 10's /bin/sh): no ``$(...)``, no ``$((...))``, no ``export A=b``, no ``[[``. Every
command's output is closed by a line with an unguessable marker on both streams, so exit code, stdout and stderr of
each come back apart, byte for byte, whatever the commands print.

The script reaches the node on the shell's standard input: secrets in it show in no process list, and no limit on the
length of an argument applies. It is one ``{ }`` group, so that a shell which got only a part of it runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.command import Command, File, Output
from ..model.errors import InvalidDefinition, NodeUnreachable

#: Private files of one round trip. /var/tmp, because /tmp is swap on Solaris and emptied at boot.
SCRATCH = "/var/tmp"

_PREAMBLE = """\
{
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/bin; export PATH
umask 077"""


def quote(word: str) -> str:
    """One word for the shell, whatever is in it."""
    if "\0" in word:
        raise InvalidDefinition(f"{word!r}: an argument cannot hold a NUL character.")
    return "'" + word.replace("'", "'\\''") + "'"


def show(command: Command) -> str:
    """The command line for people: files as <name>, secrets masked, quotes only where a shell would want them."""
    plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@+%"
    words = []
    for word in command.argv:
        if isinstance(word, File):
            words.append(f"<{word.name}>")
        else:
            words.append(word if word and all(letter in plain for letter in word) else quote(word))
    return masked(" ".join(words), command.secrets)


def masked(text: str, secrets: Sequence[str]) -> str:
    """``text`` with every secret replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "********")
    return text


def line(command: Command, directory: str, prefix: str = "") -> str:
    """The command as one shell line, its files expected as ``directory/prefix + name`` (``directory`` is a shell word)."""
    words = []
    for word in command.argv:
        words.append(f"{directory}/{quote(prefix + word.name)}" if isinstance(word, File) else quote(word))
    return " ".join(words)


def render(commands: Sequence[Command], marker: str) -> str:
    """The script that runs all commands one after the other, a failure of one not stopping the next."""
    parts = [_PREAMBLE]
    if any(isinstance(word, File) for command in commands for word in command.argv):
        scratch = f"{SCRATCH}/heliostat.{marker}"
        parts.append(f"d={scratch}\nmkdir $d || exit 1\ntrap 'rm -rf {scratch}' 0\ntrap 'exit 1' 1 2 15")
    parts.append(f"echo {marker}; echo {marker} >&2")
    for index, command in enumerate(commands):
        prefix = f"{index}."
        for word in command.argv:
            if isinstance(word, File):
                parts.append(f"cat >$d/{quote(prefix + word.name)} {_here(word.content, marker)}")
        stdin = _here(command.stdin, marker) if command.stdin else "</dev/null"
        parts.append(f"{line(command, '$d', prefix)} {stdin}")
        parts.append(f"r=$?; echo; echo {marker} {index} $r; echo >&2; echo {marker} {index} >&2")
    return "\n".join([*parts, "}"]) + "\n"


def split(stdout: str, stderr: str, marker: str, count: int) -> list[Output]:
    """The outputs of the commands that ended, in order: fewer than ``count`` when the connection died on the way.

    Raises NodeUnreachable when not even the first marker came back: then no shell ever ran our script.
    """
    _banner, found, rest_out = stdout.partition(f"{marker}\n")
    if not found:
        said = (stderr.strip() or stdout.strip())[-500:]
        raise NodeUnreachable(
            f"the node's shell did not run our script: {said or 'no answer'}. Check login shell, become method and privileges."
        )
    _banner, found, rest_err = stderr.partition(f"{marker}\n")
    if not found:
        raise NodeUnreachable("stderr does not come back apart from stdout: switch off the terminal (ssh -tt, requiretty) for this node.")
    outputs = []
    for index in range(count):
        out, found_out, after_out = rest_out.partition(f"\n{marker} {index} ")
        err, found_err, after_err = rest_err.partition(f"\n{marker} {index}\n")
        code, newline, after_out = after_out.partition("\n")
        if not (found_out and found_err and newline):
            break
        outputs.append(Output(int(code), out, err))
        rest_out, rest_err = after_out, after_err
    return outputs


def _here(text: str, marker: str) -> str:
    """The end line begins with a letter that no line of the text begins with: where one does, dash loses the byte after it."""
    body = text if text.endswith("\n") or not text else text + "\n"
    taken = {line[:1] for line in body.split("\n")}
    end = next((letter for letter in "HEILOSTAVDCBFGJKMNPQRUWXYZ" if letter not in taken), "H") + f"{marker}.end"
    return f"<<'{end}'\n{body}{end}"
