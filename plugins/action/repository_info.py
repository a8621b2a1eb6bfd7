# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the configuration repository, filtered by columns and by JMESPath."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import missing_required_lib

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.model.errors import HeliostatError, InvalidDefinition
from ..plugin_utils.repository import location, opening
from ..plugin_utils.repository.kinds import KINDS

try:
    import jmespath
except ImportError:
    jmespath = None


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "kind": {"type": "str", "required": True, "choices": list(KINDS)},
        "filters": {"type": "dict", "default": {}},
        "limit": {"type": "int"},
        "query": {"type": "str"},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        if args["limit"] is not None and args["limit"] < 0:
            raise InvalidDefinition(f"limit {args['limit']}: it is a number of rows.")
        search = _search(args["query"]) if args["query"] else None
        with opening.open_repository(location.resolve(args, self.vars, self._templar.template), read_only=True) as repository:
            rows = repository.rows(args["kind"], args["filters"], args["limit"])
        result = {"changed": False, "rows": rows}
        return result if search is None else result | {"result": _value(search, rows, args["query"])}


def _search(query: str) -> Any:
    if jmespath is None:
        raise HeliostatError(missing_required_lib("jmespath", reason="for the option query"))
    try:
        return jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise InvalidDefinition(f"query {query!r}: {' '.join(str(error).split())}") from None


def _value(search: Any, rows: list[dict[str, Any]], query: str) -> Any:
    try:
        return search.search(rows)
    except jmespath.exceptions.JMESPathError as error:
        raise InvalidDefinition(f"query {query!r}: {' '.join(str(error).split())}") from None
