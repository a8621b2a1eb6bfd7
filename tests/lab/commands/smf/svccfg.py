# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svccfg(1M): validate, import and delete of services that a manifest describes. Nobody recorded its refusals: they are not simulated."""

from __future__ import annotations

from ... import manifests
from ...call import Call
from ...truth import Service
from ..honest import simulated
from ..options import Unknown
from . import repository


@simulated("svccfg")
async def svccfg(call: Call) -> int:
    if call.user != "root" or call.zone is not None or not call.args:
        raise Unknown()
    verb, words = call.args[0], call.args[1:]
    if verb == "delete":
        return delete(call, words)
    if verb not in ("validate", "import") or len(words) != 1 or words[0].startswith("-"):
        raise Unknown()
    try:
        found = manifests.read(call.read_file(words[0]))
    except OSError as error:
        raise Unknown(str(error.strerror)) from error
    except ValueError as error:
        raise Unknown(str(error)) from error
    if verb == "import":
        if call.startd is None:
            raise Unknown("processes of services where machines are kept apart by paths")
        for fmri, definition in found.items():
            take(call, fmri, definition)
    return 0


def take(call: Call, fmri: str, definition: manifests.Definition) -> None:
    """A new service, or what is new of one: whether it is enabled stays as it was. The running configuration is refreshed."""
    services = repository.of_caller(call)
    known = services.get(fmri)
    if known is None:
        services[fmri] = Service("disabled", since=call.now(), enabled=definition.enabled, definition=definition)
    elif known.definition is None:
        raise Unknown(f"a manifest of {fmri}, which the system brings")
    else:
        known.definition = definition
    if call.startd is not None:
        call.startd(fmri, "refresh" if known else "enable")


def delete(call: Call, words: list[str]) -> int:
    """``-f`` deletes what is not disabled too; what becomes of its processes is not known."""
    names = [word for word in words if word != "-f"]
    services = repository.of_caller(call)
    found = repository.match(services, names[0]) if len(names) == 1 else []
    if len(found) != 1 or services[found[0]].definition is None or services[found[0]].state not in ("disabled", "maintenance"):
        raise Unknown()
    if call.startd is not None:
        call.startd(found[0], "delete")
    del services[found[0]]
    return 0
