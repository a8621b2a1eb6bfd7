# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: aggregate
short_description: Shows how far long steps have come
version_added: 0.1.0
description:
  - Shows object, step, and percent or elapsed time of long steps (zone installation, boot) while their task runs.
  - On a terminal one line is rewritten in place. Elsewhere, as in an AWX job, a plain line is printed when the percentage or
    the step changes, at most every O(interval) seconds for one object.
options:
  interval:
    description: Least number of seconds between two plain lines of one object.
    type: float
    default: 10
    env:
      - name: HELIOSTAT_PROGRESS_INTERVAL
    ini:
      - section: callback_progress
        key: interval
requirements:
  - enable it with C(callbacks_enabled = heliostat.vdc.progress) in C(ansible.cfg)
author:
  - heliostat.vdc maintainers (@heliostat)
"""

import contextlib
import json
import math
import os
import shutil
import socket
import sys
import tempfile
import threading
import time

from ansible.plugins.callback import CallbackBase

from ..plugin_utils.engine.progress import ADDRESS


def line(event: dict) -> str:
    """One event as people read it. What a node wrote into its logs must not reach the terminal as control characters."""
    far = f"{event['percent']} %" if event["percent"] is not None else f"{event['seconds']} s"
    detail = f" - {event['detail']}" if event["detail"] else ""
    text = f"{event['node']}: {event['object']}: {event['step']}: {far}{detail}"
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "heliostat.vdc.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._folder = None
        self._socket = None
        self._listener = None
        self._last: dict[tuple[str, str], tuple[float, str]] = {}
        self._width = 0

    def v2_playbook_on_start(self, playbook) -> None:
        self._folder = tempfile.mkdtemp(prefix="heliostat-")
        address = os.path.join(self._folder, "progress")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        os.environ[ADDRESS] = address
        self._listener = threading.Thread(target=self._listen, args=(self._socket,), daemon=True)
        self._listener.start()

    def v2_playbook_on_stats(self, stats) -> None:
        os.environ.pop(ADDRESS, None)
        if self._socket is not None:
            # Closing alone would leave the listener waiting in the system.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RD)
            self._listener.join(timeout=1)
            self._socket.close()
            self._socket = None
        self._erase()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self, receiver: socket.socket) -> None:
        while True:
            try:
                datagram = receiver.recv(65536)
            except OSError:
                return
            if not datagram:  # shut down
                return
            # One that is damaged is passed over: the next may be sound.
            with contextlib.suppress(ValueError, KeyError, TypeError):
                self._show(json.loads(datagram))

    def _show(self, event: dict) -> None:
        text = line(event)
        if sys.stdout.isatty():
            text = text[: shutil.get_terminal_size().columns - 1]
            sys.stdout.write("\r" + text.ljust(self._width))
            sys.stdout.flush()
            self._width = len(text)
            return
        key = (event["node"], event["object"])
        when, before = self._last.get(key, (-math.inf, ""))
        now = time.monotonic()
        if text != before and now - when >= self.get_option("interval"):
            self._last[key] = (now, text)
            self._display.display(text)

    def _erase(self) -> None:
        if self._width:
            sys.stdout.write("\r" + " " * self._width + "\r")
            sys.stdout.flush()
            self._width = 0

    def v2_runner_on_ok(self, result) -> None:
        self._erase()

    def v2_runner_on_failed(self, result, ignore_errors=False) -> None:
        self._erase()
