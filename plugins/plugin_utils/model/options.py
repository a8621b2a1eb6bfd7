# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of one declared object, read value by value. Every refusal names the object and the option.

YAML and Jinja give what they like (``yes`` as text, a GUID of digits as a number): what can be meant in one way only is
taken, all else is refused. Digits are ASCII digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from .errors import InvalidDefinition

Choice = TypeVar("Choice", bound=str)

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def size(value: object) -> int:
    """Bytes of ``5G``, ``1.5T``, ``512m`` or a plain number of bytes."""
    match = re.match(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([KMGTP]?)(?:i?B)?\Z", str(value).strip(), re.IGNORECASE | re.ASCII)
    found = int(Fraction(match[1]) * _UNITS[match[2].upper()]) if match and not isinstance(value, bool) else 0
    if not 0 < found < 1 << 63:
        raise InvalidDefinition(f"{value!r} is no size: write a number above 0 with one of the units K, M, G, T, P, such as 5G.")
    return found


@dataclass(frozen=True, slots=True)
class Options:
    """What was declared for the object ``where``."""

    where: str
    given: Mapping[str, Any]

    @classmethod
    def of(cls, given: object, where: str, known: Iterable[str]) -> Options:
        """Refuses what is no mapping, or holds an option that is not ``known``."""
        if not isinstance(given, Mapping):
            # Without the value: it may be a secret that stands where its mapping should.
            raise InvalidDefinition(f"{where}: a mapping of options ({', '.join(sorted(known))}) is wanted, not {_kind(given)}.")
        unknown = sorted(str(key) for key in given if key not in set(known))
        if unknown:
            raise InvalidDefinition(f"{where}: unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}.")
        return cls(where, given)

    def refuse(self, key: str, problem: str) -> InvalidDefinition:
        return InvalidDefinition(f"{self.where}: {key} {problem}")

    def has(self, key: str) -> bool:
        """Set to something: an empty text counts as not set, as None does."""
        return self.given.get(key) not in (None, "")

    def text(self, key: str, default: str = "") -> str:
        value = self.given.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise self.refuse(key, f"{value!r} is no text.")
        return str(value)

    def checked(self, key: str, check: Callable[[str], str]) -> str:
        """The text as one of ``names``' functions takes it."""
        text = self.text(key)
        try:
            return check(text)
        except InvalidDefinition as error:
            raise InvalidDefinition(f"{self.where}, {key}: {error}") from None

    def choice(self, key: str, allowed: Iterable[Choice], default: Choice | None = None) -> Choice:
        value = self.given.get(key, default)
        for one in allowed:
            if value == one:
                return one
        raise self.refuse(key, f"{value!r} is none of {', '.join(allowed)}.")

    def flag(self, key: str, default: bool) -> bool:
        value = self.given.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _FLAGS:
            return _FLAGS[value.lower()]
        raise self.refuse(key, f"{value!r} is neither true nor false.")

    def whole(self, key: str, least: int, most: int) -> int | None:
        value = self.given.get(key)
        if value is None:
            return None
        if not isinstance(value, bool) and re.match(r"[0-9]{1,12}\Z", str(value)) and least <= int(value) <= most:
            return int(value)
        raise self.refuse(key, f"{value!r} is not a whole number from {least} to {most}.")

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.given.get(key)
        if value is None:
            return None
        if not isinstance(value, bool) and re.match(r"[0-9]{1,9}(\.[0-9]+)?\Z", str(value)) and least <= float(value) <= most:
            return float(value)
        raise self.refuse(key, f"{value!r} is not a number from {least:g} to {most:g}.")

    def size(self, key: str, least: int = 1) -> int | None:
        value = self.given.get(key)
        if value is None:
            return None
        try:
            found = size(value)
        except InvalidDefinition as error:
            raise InvalidDefinition(f"{self.where}: {key} {error}") from None
        if found < least:
            raise self.refuse(key, f"{value!r} is below {least} bytes, the least there can be.")
        return found

    def items(self, key: str, *, needed: bool = False) -> list[Any]:
        value = self.given.get(key)
        if value is None and not needed:
            return []
        if not isinstance(value, (list, tuple)):
            raise self.refuse(key, f"{value!r} must be a list." if value is not None else "must be a list, and is not set.")
        if needed and not value:
            raise self.refuse(key, "is empty; at least one is needed.")
        return list(value)

    def words(self, key: str) -> list[str]:
        """A list of texts (numbers are taken as they are written)."""
        found = self.items(key)
        for one in found:
            if isinstance(one, bool) or not isinstance(one, (str, int)):
                raise self.refuse(key, f"holds {one!r}, which is no text.")
        return [str(one) for one in found]


def _kind(given: object) -> str:
    """In an author's words."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return "true or false"
    return "a text" if isinstance(given, str) else "a list" if isinstance(given, list | tuple) else "a number"
