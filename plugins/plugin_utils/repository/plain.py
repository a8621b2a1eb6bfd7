# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model values to JSON and back, by their type hints, so that a field added to the model needs nothing here."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from netaddr import IPAddress, IPNetwork

from ..model.errors import RepositoryError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """``value`` (a model value) as dict, list, str, number, bool, None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, IPNetwork | IPAddress):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise RepositoryError(f"a {type(value).__name__} cannot be kept in the repository: {value!r}")


def from_plain(kind: type[T], data: Any) -> T:
    """The model value of type ``kind`` that ``to_plain`` turned into ``data``. A missing field gets its default."""
    hint: Any = kind
    value: T = _reader(hint)(data, kind.__name__)
    return value


#: Takes data and where it stands, for the message.
Reader = Callable[[Any, str], Any]


@functools.cache
def _reader(hint: Any) -> Reader:
    """How data of this type is read; found once, because the facts of a node are some hundred values."""
    if hint is Any:
        return lambda data, _where: data
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        part = _reader(next(part for part in arguments if part is not type(None)))
        return lambda data, where: None if data is None else part(data, where)
    if origin is typing.Literal:
        return lambda data, where: _one_of(arguments, data, where)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda data, where: tuple([item(one, where) for one in _expected(list, data, where)])
    if origin in (Mapping, dict):
        value = _reader(arguments[1])
        return lambda data, where: {key: value(one, where) for key, one in _expected(dict, data, where).items()}
    if hint in (IPNetwork, IPAddress):
        return lambda data, _where: hint(data)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return functools.partial(_structure, hint)
    if hint is float:
        return lambda data, where: float(data) if isinstance(data, int) and not isinstance(data, bool) else _expected(float, data, where)
    return functools.partial(_expected, hint)


@functools.cache
def _fields(kind: type) -> dict[str, Reader]:
    hints = typing.get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}


def _structure(kind: type, data: Any, where: str) -> Any:
    readers = _fields(kind)
    if unknown := sorted(_expected(dict, data, where).keys() - readers.keys()):
        raise RepositoryError(
            f"{where} in the repository has {', '.join(unknown)}, which this version of the collection does not know. Update it."
        )
    return kind(**{name: readers[name](item, f"{where}.{name}") for name, item in data.items()})


def _one_of(words: tuple[Any, ...], data: Any, where: str) -> Any:
    if data not in words:
        raise _unreadable(where, data)
    return data


def _expected(kind: type[T], data: Any, where: str) -> T:
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise _unreadable(where, data)
    return data


def _unreadable(where: str, data: Any) -> RepositoryError:
    return RepositoryError(f"{where} in the repository is {data!r}, which is not what it should be. Restore a backup.")
