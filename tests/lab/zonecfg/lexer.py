# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lexer of the zonecfg language: what a character means depends on what came before.

Four states, as in the real lexer: COMMAND (start of a line or after ``;``; only here ``#`` is a comment), WORD (after the command
word), LIST (inside ``[ ]``) and PAIRS (inside ``( )``). There is no escape, no continuation and no single quote; a double quote
ends at the next double quote or at the newline, which then becomes part of the value and is not counted as a line. What no rule
takes is a token of one character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .dialect import Dialect

COMMANDS = (
    "add", "cancel", "clear", "commit", "create", "delete", "end", "exit", "export", "help", "info", "remove", "revert", "select",
    "set", "verify",
)  # fmt: skip

_COMMAND = re.compile("|".join(sorted(COMMANDS, key=len, reverse=True)) + r"|\?")
_COMMENT = re.compile(r"#[^\n]*")
_BARE = {
    "WORD": re.compile(r'[^ \t\n";=\[\]()]+'),
    "LIST": re.compile(r'[^ \t\n",;=\[\]()]+'),
    "PAIRS": re.compile(r'[^ \t\n",;=()]+'),
}
_QUOTED = re.compile(r'"[^"\n]*["\n]')
_SIGNS = {
    "WORD": {"=": "EQUAL", "[": "LSQB", "(": "LPAR"},
    "LIST": {"=": "EQUAL", "]": "RSQB", "(": "LPAR", ",": "COMMA"},
    "PAIRS": {"=": "EQUAL", ")": "RPAR", ",": "COMMA"},
}


@dataclass(frozen=True)
class Token:
    """``kind`` is a terminal of the grammar, ``value`` what the parser keeps, ``text`` what an error message shows."""

    kind: str
    value: str
    text: str


class Lexer:
    """Gives one token at a time; ``line`` is the number of the line being read, from 1."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._text = text
        self._at = 0
        self._state = "COMMAND"
        self._outside = "WORD"  # where a closing parenthesis leads back to
        self.line = 1
        single = {name for name, kind in dialect.kinds.items() if kind.single and name in ("dedicated-cpu", "capped-cpu", "capped-memory")}
        if dialect.family == "s11":
            single = {name for name, kind in dialect.kinds.items() if kind.single}
        self._kinds: dict[str, str] = dict.fromkeys(dialect.property_words, "LOCAL")
        self._kinds.update(dict.fromkeys(dialect.global_words, "GLOBAL"))
        self._kinds["zonepath"] = "ZONEPATH"
        self._resources = {word: "SINGLE" if word in single else "RESOURCE" for word in dialect.resource_words}

    @property
    def ended(self) -> bool:
        return self._at >= len(self._text)

    def next(self) -> Token | None:
        """The next token, None at the end of the text."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t":
                self._at += 1
            elif char == "\n":
                self._at += 1
                self.line += 1
                self._state = "COMMAND"
                return Token("NL", "\n", "\\n")
            elif char == ";":
                self._at += 1
                self._state = "COMMAND"
                return Token("SEMI", ";", ";")
            elif self._state == "COMMAND":
                if comment := _COMMENT.match(self._text, self._at):
                    self._at = comment.end()
                    continue
                return self._command()
            else:
                return self._word(char)
        return None

    def _command(self) -> Token:
        match = _COMMAND.match(self._text, self._at)
        if match is None:
            return self._single()
        self._at = match.end()
        self._state = self._outside = "WORD"
        word = "help" if match[0] == "?" else match[0]
        return Token(word.upper(), word, match[0])

    def _single(self) -> Token:
        char = self._text[self._at]
        self._at += 1
        return Token("BAD", char, char)

    def _word(self, char: str) -> Token:
        state = self._state
        if sign := _SIGNS[state].get(char):
            self._at += 1
            if sign in ("LSQB", "RSQB"):
                self._state = self._outside = "LIST" if sign == "LSQB" else "WORD"
            elif sign == "LPAR":
                self._state = "PAIRS"
            elif sign == "RPAR":
                self._state = self._outside
            return Token(sign, char, char)
        if bare := _BARE[state].match(self._text, self._at):
            self._at = bare.end()
            return Token(self._kind(bare[0], state), bare[0], bare[0])
        if state != "PAIRS" and (quoted := _QUOTED.match(self._text, self._at)):
            self._at = quoted.end()
            return Token("TOKEN", quoted[0][1:].removesuffix('"'), quoted[0])
        return self._single()

    def _kind(self, word: str, state: str) -> str:
        if state == "LIST":
            return "TOKEN"
        if state == "WORD" and word in self._resources:
            return self._resources[word]
        return self._kinds.get(word, "TOKEN")
