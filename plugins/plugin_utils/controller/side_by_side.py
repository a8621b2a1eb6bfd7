# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same calculation for many things on all CPUs: processes are forked, so that what all need is there and only results are carried."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from ..model.errors import HeliostatError

One = TypeVar("One")
Found = TypeVar("Found")

#: For fewer things one process is as quick.
MANY = 100


def mapped(function: Callable[[One], Found], things: Sequence[One], processes: int | None = None) -> list[Found]:
    """What ``function`` finds of each, in their order. It must change nothing, and what it finds must be plain values.

    ``processes`` if not given: one for each CPU that this process may use where there are many things. The first thing of which it raises
    decides what is raised, as in one process. No process is left when this returns.
    """
    if processes is None:
        processes = len(os.sched_getaffinity(0)) if len(things) > MANY else 1
    shares = [things[start::processes] for start in range(processes)]
    with ExitStack() as stack:
        others = [stack.enter_context(_Child(function, share)) for share in shares[1:]]
        parts = [_done(function, shares[0]), *(one.answer() for one in others)]
    errors = {len(found) * processes + start: error for start, (found, error) in enumerate(parts) if error}
    if errors:
        raise errors[min(errors)]
    return [parts[place % processes][0][place // processes] for place in range(len(things))]


def _done(function: Callable[[One], Found], share: Iterable[One]) -> tuple[list[Found], Exception | None]:
    """Up to the first that raises."""
    found: list[Found] = []
    try:
        for one in share:
            found.append(function(one))
    except Exception as error:
        return found, error
    return found, None


class _Child:
    """A process for one share. It ends when it has answered, or when nobody is left to hear it."""

    def __init__(self, function: Callable[[Any], Any], share: Sequence[Any]) -> None:
        context = multiprocessing.get_context("fork")
        self._ear, mouth = context.Pipe(duplex=False)
        self._process = context.Process(target=_child, args=(function, share, self._ear, mouth))
        self._process.start()
        mouth.close()

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._ear.close()

    def answer(self) -> tuple[list[Any], Exception | None]:
        try:
            found: tuple[list[Any], Exception | None] = self._ear.recv()
        except EOFError:
            self._process.join()
            raise HeliostatError(f"a process of this task ended with {self._process.exitcode} before it was done.") from None
        return found


def _child(function: Callable[[Any], Any], share: Sequence[Any], ear: Connection, mouth: Connection) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # what Ansible's worker does then is not for its children
        signal.signal(number, signal.SIG_DFL)
    ear.close()
    mouth.send(_done(function, share))
    mouth.close()
