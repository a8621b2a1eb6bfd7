# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the repository is. No database library is needed to know it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..model.errors import RepositoryError

DEFAULT = "sqlite:///~/.heliostat/repository.db"
OPTION = "repository"
VARIABLE = "heliostat_repository"
ENVIRONMENT = "HELIOSTAT_REPOSITORY"

_SQLITE = re.compile(r"sqlite(\+pysqlite)?:///(?P<path>[^?]+)(?P<query>\?.*)?\Z")
_POSTGRESQL = re.compile(r"(postgres|postgresql)(\+psycopg)?://(?P<rest>.*)\Z")
_CREDENTIALS = re.compile(r"(://[^:/@?]*:)[^@]*@")
_PASSWORD = re.compile(r"([?&]password=)[^&]*")


def resolve(args: Mapping[str, Any], task_vars: Mapping[str, Any], template: Callable[[str], Any] | None = None) -> str:
    """The repository's URL: option ``repository``, variable ``heliostat_repository``, environment, default; in this order.

    ``template`` turns a variable's template into its value (an action plugin gives ``self._templar.template``).
    """
    found = args.get(OPTION) or task_vars.get(VARIABLE) or os.environ.get(ENVIRONMENT) or DEFAULT
    url = str(template(found) if template is not None else found)
    if "{{" in url:
        raise RepositoryError(f"{VARIABLE} is {url!r}: its template was not resolved. Set the module's option '{OPTION}' instead.")
    return normalised(url)


def normalised(url: str) -> str:
    """``url`` as SQLAlchemy takes it: absolute path without ``~`` for SQLite, psycopg 3 for PostgreSQL."""
    if sqlite := _SQLITE.match(url):
        path = sqlite["path"]
        if path.startswith("file:") or path == ":memory:":
            raise RepositoryError(f"repository {url}: give the path of a file, such as {DEFAULT}.")
        return f"sqlite:///{os.path.abspath(Path(path).expanduser())}{sqlite['query'] or ''}"
    if postgresql := _POSTGRESQL.match(url):
        return f"postgresql+psycopg://{postgresql['rest']}"
    raise RepositoryError(
        f"repository {masked(url)}: neither SQLite (sqlite:///path) nor PostgreSQL (postgresql://user@host/database). Correct {VARIABLE}."
    )


def masked(url: str) -> str:
    """``url`` for messages: without the password."""
    return _PASSWORD.sub(r"\1***", _CREDENTIALS.sub(r"\1***@", url))


def sqlite_path(url: str) -> Path | None:
    """The file of a normalised SQLite URL; None for PostgreSQL."""
    sqlite = _SQLITE.match(url)
    return Path(sqlite["path"]) if sqlite else None
