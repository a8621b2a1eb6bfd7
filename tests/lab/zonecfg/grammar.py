# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of the zonecfg language and the loop that parses one statement.

lark builds the LALR(1) tables; the loop runs over them as yacc's does, because its default reductions decide what a faulty line is
answered with: in a state that can only reduce, no further token is read (so the line number of the message may be one too
small), and in a state where the token does not fit, the commonest reduction is done first (so ``clear foo`` gets the
usage of ``clear``, not a syntax error at ``foo``). After an error everything up to the next newline or ``;`` is skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark import Lark
from lark.lexer import Lexer as LarkLexer
from lark.parsers.lalr_analysis import Reduce

from .dialect import Dialect
from .lexer import Lexer, Token

_GRAMMAR = """
start: command end
     | end
end: NL | SEMI
command: ADD                     -> usage_add
       | ADD TOKEN               -> plain
       | ADD resource            -> of_resource
       | ADD property value      -> of_property
       | CANCEL                  -> plain
       | CANCEL TOKEN            -> plain
       | CLEAR                   -> usage_clear
       | CLEAR property          -> of_name
       | COMMIT                  -> plain
       | COMMIT TOKEN            -> plain
       | CREATE                  -> plain
       | CREATE TOKEN            -> plain
       | CREATE TOKEN TOKEN      -> plain
       | CREATE TOKEN TOKEN TOKEN -> plain
       | DELETE                  -> plain
       | DELETE TOKEN            -> plain
       | END                     -> plain
       | END TOKEN               -> plain
       | EXIT                    -> plain
       | EXIT TOKEN              -> plain
       | EXPORT                  -> plain
       | EXPORT TOKEN            -> plain
       | EXPORT TOKEN TOKEN      -> plain
       | HELP                    -> plain
       | HELP TOKEN              -> plain
       | INFO                    -> plain
       | INFO TOKEN              -> info_word
       | INFO GLOBAL             -> of_name
       | INFO ZONEPATH           -> of_name
       | INFO resource           -> of_resource
       | INFO resource pairs     -> of_resource
       | REMOVE                  -> usage_remove
       | REMOVE TOKEN            -> usage_remove
       | REMOVE TOKEN resource   -> of_resource
       | REMOVE property value   -> of_property
       | REMOVE resource         -> of_resource
       | REMOVE resource pairs   -> of_resource
       | REVERT                  -> plain
       | REVERT TOKEN            -> plain
       | SELECT                  -> usage_select
       | select_single
       | SELECT resource         -> usage_select_short
       | SELECT resource pairs   -> of_resource
       | SET                     -> usage_set
       | SET property EQUAL LSQB RSQB -> set_empty
       | SET property EQUAL value -> of_property
       | SET TOKEN ZONEPATH EQUAL value -> set_zonepath
       | VERIFY                  -> plain
       | VERIFY TOKEN            -> plain
select_single.2: SELECT SINGLE
resource: RESOURCE | SINGLE
property: GLOBAL | LOCAL | ZONEPATH
pairs: pair | pair pair | pair pair pair
pair: property EQUAL value
value: simple | pieces | LSQB list RSQB -> list_value
pieces: LPAR piece RPAR
piece: property EQUAL word
     | property EQUAL word COMMA piece
list: item | item COMMA list
item: simple | pieces
simple: word
word: @WORD@
%declare ADD CANCEL CLEAR COMMIT CREATE DELETE END EXIT EXPORT HELP INFO REMOVE REVERT SELECT SET VERIFY
%declare TOKEN RESOURCE SINGLE GLOBAL LOCAL ZONEPATH EQUAL LSQB RSQB LPAR RPAR COMMA NL SEMI BAD
"""

Pairs = list[tuple[str, str]]
Value = str | Pairs | list["str | Pairs"]


@dataclass
class Listed:
    """A value in square brackets."""

    items: list[str | Pairs] = field(default_factory=list)


@dataclass
class Statement:
    command: str
    words: list[str] = field(default_factory=list)  # what follows the command and is no keyword: options
    resource: str | None = None
    name: str | None = None  # the property of set, clear, add, remove; what info asks for
    value: Any = None  # str, Pairs or Listed
    pairs: list[tuple[str, Any]] = field(default_factory=list)  # property=value of select, remove, info


class _NoLexer(LarkLexer):
    """lark asks for a lexer; tokens come from Lexer, one at a time."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, _state: Any, _parser: Any = None) -> Iterator[Any]:
        return iter(())


class _Tables:
    def __init__(self, grammar: str) -> None:
        lark = Lark(grammar, parser="lalr", lexer=_NoLexer)
        table = lark.parse_interactive("").parser_state.parse_conf.parse_table
        self.states: dict[Any, dict[str, Any]] = table.states
        self.start = table.start_states["start"]
        self.default: dict[Any, Any] = {}
        self.only: dict[Any, Any] = {}
        for state, row in self.states.items():
            rules = Counter(arg for action, arg in row.values() if action is Reduce)
            if rules:
                self.default[state] = rules.most_common(1)[0][0]
                if len(rules) == 1 and sum(rules.values()) == len(row):
                    self.only[state] = next(iter(rules))


@cache
def _tables(keywords_as_values: bool, ids: bool) -> _Tables:
    grammar = _GRAMMAR.replace("@WORD@", "TOKEN | resource | property" if keywords_as_values else "TOKEN")
    if ids:  # Solaris 11.4: a resource by its number
        grammar = grammar.replace(
            "       | REVERT                  -> plain\n",
            "       | REMOVE resource TOKEN   -> unknown\n       | SELECT resource TOKEN   -> unknown\n"
            "       | REVERT                  -> plain\n",
        )
    return _Tables(grammar)


class Parser:
    """``fault`` is called with (kind, text): ``syntax`` and the offending text, ``usage`` and the command, ``unknown`` and why."""

    def __init__(self, lexer: Lexer, dialect: Dialect, fault: Callable[[str, str], None]) -> None:
        self._lexer = lexer
        self._fault = fault
        self._info_flags = dialect.family == "s11"
        self._tables = _tables(dialect.family != "s10", dialect.family == "s11")
        self.at_end = False

    def statement(self) -> Statement | None:
        """Parse up to the next newline or ``;``. None when there was nothing, an error or the end of the text (``at_end``). A last
        line without a newline is no statement: it is dropped without a word."""
        tables = self._tables
        states: list[Any] = [tables.start]
        values: list[Any] = []
        token: Token | None = None
        while True:
            state = states[-1]
            rule = tables.only.get(state)
            if rule is None:
                if token is None and not self.at_end:
                    token = self._lexer.next()
                    self.at_end = token is None
                step = tables.states[state].get(token.kind) if token else None
                if step is not None and step[0] is not Reduce:
                    if token is not None and token.kind in ("NL", "SEMI"):
                        return values[-1] if values else None
                    states.append(step[1])
                    values.append(token)
                    token = None
                    continue
                rule = step[1] if step is not None else tables.default.get(state)
                if rule is None:
                    if token is not None:
                        self._fault("syntax", token.text)
                        self._skip(token)
                    return None
            count = len(rule.expansion)
            popped = values[len(values) - count :]
            del states[len(states) - count :], values[len(values) - count :]
            name = rule.alias or str(getattr(rule.origin.name, "value", rule.origin.name))
            if name.startswith("usage_") or (name == "info_word" and not (self._info_flags and popped[1].value == "-a")):
                short = name == "usage_select_short"
                self._fault("usage", popped[0].value if short else popped[0].value + "+")
                self._skip(token)
                return None
            if name == "unknown":
                self._fault("unknown", f"{popped[0].value} of a resource by its number")
            values.append(_build(name, popped))
            states.append(tables.states[states[-1]][str(getattr(rule.origin.name, "value", rule.origin.name))][1])

    def _skip(self, token: Token | None) -> None:
        while token is None or token.kind not in ("NL", "SEMI"):
            token = self._lexer.next()
            if token is None:
                self.at_end = True
                return


def _build(name: str, parts: list[Any]) -> Any:
    if name in ("resource", "property", "word"):
        return parts[0].value if isinstance(parts[0], Token) else parts[0]
    if name in ("simple", "value", "item"):
        return parts[0]
    if name == "pair":
        return (parts[0], parts[2])
    if name == "pairs":
        return list(parts)
    if name == "pieces":
        return parts[1]
    if name == "piece":
        return [(parts[0], parts[2]), *(parts[4] if len(parts) == 5 else [])]
    if name == "list":
        return [parts[0], *(parts[2] if len(parts) == 3 else [])]
    if name == "list_value":
        return Listed(parts[1])
    if name == "select_single":
        return Statement("select", resource=parts[1].value)
    if name == "command":
        return parts[0]
    return _statement(name, parts)


def _statement(name: str, parts: list[Any]) -> Statement:
    made = Statement(parts[0].value)
    rest = parts[1:]
    if name in ("plain", "info_word"):
        made.words = [token.value for token in rest]
    elif name == "of_name":
        made.name = rest[0] if isinstance(rest[0], str) else rest[0].value
    elif name == "of_resource":
        if isinstance(rest[0], Token):
            made.words = [rest.pop(0).value]
        made.resource = rest[0]
        made.pairs = rest[1] if len(rest) > 1 else []
    elif name == "of_property":
        made.name, made.value = rest[0], rest[-1]
    elif name == "set_empty":
        made.name, made.value = rest[0], Listed()
    elif name == "set_zonepath":
        made.words, made.name, made.value = [rest[0].value], "zonepath", rest[-1]
    return made
