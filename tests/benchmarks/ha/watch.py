# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what an engine says while it says it, and stamps it on arrival."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from .lines import Word

LOOK = 0.005  # seconds between two looks at a file


class Watch:
    """Lines of any number of streams; what they say is kept with the monotonic time they came at."""

    def __init__(self, parse: Callable[[str], list[Word]]) -> None:
        self._parse = parse
        self._changed = threading.Condition()
        self.heard: list[tuple[float, Word]] = []
        self.lines: deque[str] = deque(maxlen=400)
        self._closed = threading.Event()

    def follow(self, stream: Iterable[str], parse: bool = True) -> None:
        """``parse`` False: its lines are kept for messages only."""
        threading.Thread(target=self._read, args=(stream, parse), daemon=True).start()

    def follow_file(self, file: Path) -> None:
        """From where it ends now on, looked at every few milliseconds."""
        file.touch()
        stream = file.open(errors="replace")
        stream.seek(0, os.SEEK_END)
        self.follow(self._lines(stream))

    def _lines(self, stream: IO[str]) -> Iterator[str]:
        part = ""
        with stream:
            while not self._closed.is_set():
                part += stream.readline()
                if part.endswith("\n"):
                    yield part
                    part = ""
                else:
                    self._closed.wait(LOOK)

    def _read(self, stream: Iterable[str], parse: bool) -> None:
        # the reader's own waiting for a CPU is nothing the engine can help; only this thread is favoured
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -15)
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                now = time.monotonic()
                words = self._parse(line) if parse else []
                with self._changed:
                    self.lines.append(f"{now:.3f} {line.rstrip()}")
                    self.heard += [(now, word) for word in words]
                    self._changed.notify_all()

    def wait(self, word: Word, since: float, seconds: float) -> float | None:
        """When it was said first after ``since``; None: not within so many seconds."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                for at, heard in self.heard:
                    if at >= since and heard == word:
                        return at
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

    def said(self, said: str, since: float, until: float = float("inf")) -> list[tuple[float, str]]:
        """Of which nodes that was said then, and when."""
        with self._changed:
            return [(at, word.node) for at, word in self.heard if word.said == said and since <= at < until]

    def tail(self, lines: int = 30) -> str:
        with self._changed:
            return "\n".join(list(self.lines)[-lines:])

    def close(self) -> None:
        self._closed.set()
