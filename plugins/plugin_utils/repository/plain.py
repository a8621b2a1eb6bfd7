# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model values to JSON and back, by their type hints, so that a field added to the model needs nothing here."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
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
    value: T = _value(kind, data, kind.__name__)
    return value


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _value(hint: Any, data: Any, where: str) -> Any:
    if hint is Any:
        return data
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _value(next(part for part in arguments if part is not type(None)), data, where)
    if origin is typing.Literal:
        if data not in arguments:
            raise _unreadable(where, data)
        return data
    if origin is tuple:
        return tuple(_value(arguments[0], item, where) for item in _expected(list, data, where))
    if origin in (Mapping, dict):
        return {key: _value(arguments[1], item, where) for key, item in _expected(dict, data, where).items()}
    if hint in (IPNetwork, IPAddress):
        return hint(data)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _structure(hint, _expected(dict, data, where), where)
    return float(data) if hint is float and isinstance(data, int) and not isinstance(data, bool) else _expected(hint, data, where)


def _structure(kind: type, data: dict[str, Any], where: str) -> Any:
    fields, hints = {field.name: field for field in dataclasses.fields(kind)}, _hints(kind)
    if unknown := sorted(data.keys() - fields.keys()):
        raise RepositoryError(
            f"{where} in the repository has {', '.join(unknown)}, which this version of the collection does not know. Update it."
        )
    return kind(**{name: _value(hints[name], item, f"{where}.{name}") for name, item in data.items()})


def _expected(kind: type[T], data: Any, where: str) -> T:
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise _unreadable(where, data)
    return data


def _unreadable(where: str, data: Any) -> RepositoryError:
    return RepositoryError(f"{where} in the repository is {data!r}, which is not what it should be. Restore a backup.")
