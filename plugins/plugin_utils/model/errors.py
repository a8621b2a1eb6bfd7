# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error of the product. A message names the object, the node, what was found, and what to do next."""

from __future__ import annotations


class HeliostatError(Exception):
    """Base: what reaches the operator as a failed task, never as a traceback."""


class InvalidDefinition(HeliostatError):
    """What the inventory declares cannot be: found before any node was asked."""


class ParseError(HeliostatError):
    """A command printed what its parser does not know. Never guessed over."""


class CommandFailed(HeliostatError):
    """A command ended with an exit code that does not mean success, or said so in spite of its exit code."""


class NodeUnreachable(HeliostatError):
    """No answer, wrong host key, or no privilege: nothing is known of the node."""


class Refused(HeliostatError):
    """Doing it would harm something: the pre-condition that does not hold is named."""


class Misfit(Refused):
    """A node cannot take what is to go there: ``lacks`` is what it lacks, as the end of the sentence 'node …'."""

    def __init__(self, message: str, lacks: str = "") -> None:
        super().__init__(message)
        self.lacks = lacks


class RepositoryError(HeliostatError):
    """The configuration repository is missing, damaged, read-only, or of another schema."""


class Locked(RepositoryError):
    """Another run works on the object: owner and age are in the message."""
