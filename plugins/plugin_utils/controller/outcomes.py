# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of every property that differed, and what the repository keeps of a dataset as long as it waits to be given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..engine.operation import Report
from ..lifecycle.change import given_back
from ..lifecycle.estate import Estate
from ..lifecycle.vserver import Wanted
from ..model.change import WAITS, final
from ..model.vserver import VServer

if TYPE_CHECKING:
    from ..repository.store import Repository


def of(estate: Estate, report: Report[Any], *, check: bool) -> dict[str, dict[str, str]]:
    """By vServer and property, judged by the last look and not by what a command said. vServers without any are left out."""
    planned: dict[str, dict[str, str]] = {}
    for plan in report.plans:
        planned.setdefault(plan.object, {}).update(plan.outcomes)
    left = estate.outcomes(report.actual) if report.actual else {}
    names = dict.fromkeys((*planned, *left))
    found = {name: final(planned.get(name, {}), left.get(name, {}), check=check) for name in names}
    return {name: words for name, words in found.items() if words}


def kept(wanted: Wanted, waiting: Mapping[str, str] | None = None) -> VServer:
    """The declaration with the datasets that were not given back yet: they and their LUNs are still the vServer's.

    ``waiting`` are its outcomes (None: nothing was done yet, all of them are kept).
    """
    old = given_back.undeclared(wanted.vserver, wanted.former)
    still = [dataset for dataset in old if waiting is None or waiting.get(given_back.path(dataset)) == WAITS]
    return replace(wanted.vserver, datasets=(*wanted.vserver.datasets, *still)) if still else wanted.vserver


def remember(
    repository: Repository, wanted: Sequence[tuple[Wanted, str]], report: Report[Any], outcomes: Mapping[str, Mapping[str, str]]
) -> None:
    """Frees in the repository what was given back."""
    for entry, node in wanted:
        name = entry.vserver.name
        if name in report.failures or entry.run_only or entry.state in ("absent", "detached"):
            continue
        declared = kept(entry, outcomes.get(name, {}))
        if declared != kept(entry):
            repository.place_vserver(declared, node)
