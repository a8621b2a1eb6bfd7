# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonecfg over the lab's truth. The program itself is tests.lab.zonecfg; here are its options and what it does to the machine."""

from __future__ import annotations

from xml.etree import ElementTree

from ..call import Call, command
from ..truth import Zone
from ..zonecfg import rules, texts
from ..zonecfg.dialect import DIALECTS, Dialect, NotSimulated
from ..zonecfg.document import ZoneDocument, brand_of, config_of, document_of, ip_type_of, zonepath_of
from ..zonecfg.engine import run
from ..zonecfg.session import Machine
from ..zonecfg.xmlfile import from_xml
from .options import BadOption, Refused, Unknown, parse
from .zoneadm import live as reconfiguration
from .zoneadm.config import effective, readied

_READ_ONLY = "WARNING: you do not have write access to this zone's configuration file;\ngoing into read-only mode.\n"


@command("zonecfg")
async def zonecfg(call: Call) -> int:
    if call.machine.release not in DIALECTS:
        return call.not_simulated(f"zonecfg of {call.machine.release}")
    dialect = DIALECTS[call.machine.release]
    if call.zone is not None:
        call.err("zonecfg can only be run from the global zone.\n")
        return 1
    if not call.args:
        call.err(texts.USAGE + texts.commands())
        return 2
    try:
        if call.args[0] == "help":
            result = run(" ".join(call.args), mode="argv", zone_name="", dialect=dialect.name)
            call.out(result.stdout)
            call.err(result.stderr)
            return 0
        return _configure(call, dialect)
    except NotSimulated as refusal:
        return call.not_simulated(f"zonecfg: {refusal}")


def _configure(call: Call, dialect: Dialect) -> int:
    try:
        pairs, words = parse(call.args, "?f:R:z:r" if dialect.family == "s11" else "?f:R:z:")
    except BadOption as wrong:
        call.err(f"zonecfg: {'option requires an argument' if wrong.missing else 'illegal option'} -- {wrong.letter}\n{texts.USAGE}")
        return 2
    options = dict(pairs)
    if "?" in options:
        call.out(texts.USAGE + texts.commands())
        return 2
    if "R" in options:
        raise NotSimulated("option -R")
    name = options.get("z", "")
    if not name:
        if dialect.family == "s11":
            raise NotSimulated("a session without a zone")
        call.err(texts.USAGE)
        return 2
    if name == "global":
        raise NotSimulated("the global zone's configuration")
    if not rules.zone_name(name):
        call.err(f"{name}: Bogus zone name\n\n{texts.ZONE_SYNTAX}")
        return 2
    live = "r" in options
    if live and (name not in call.machine.zones or call.machine.zones[name].state != "running"):
        raise NotSimulated("option -r for a zone that does not run: refused, in words not known")
    machine = _seen(call, dialect, name if live else "")
    if not machine.may_write and not words:
        call.err(_READ_ONLY)
    mode, text, file = "argv", " ".join(words), options.get("f", "-")
    if not words and "f" not in options:
        mode, text = "interactive", call.stdin.decode("utf-8", "replace")
    elif not words and file == "-":
        mode, text = "stdin", call.stdin.decode("utf-8", "replace")
    elif not words:
        mode = "file"
        try:
            text = call.read_file(file)
        except IsADirectoryError:
            call.err(f"{file} is not a regular file.\n")
            return 1
        except OSError as error:
            call.err(f"could not open file {file}: {error.strerror}\n")
            return 1
    before = dict(machine.documents)
    result = run(text, mode=mode, zone_name=name, dialect=dialect.name, filename=file, machine=machine)
    if live:
        call.out(result.stdout)
        call.err(result.stderr)
        return _live(call, before, machine, name) or result.exit_code
    _keep(call, dialect, before, machine)
    call.out(result.stdout)
    call.err(result.stderr)
    return result.exit_code


def _live(call: Call, before: dict[str, ZoneDocument], machine: Machine, name: str) -> int:
    """zonecfg -r: the running zone becomes as its live configuration says. A change that cannot be made live is refused."""
    if machine.documents.keys() != before.keys():
        raise NotSimulated("create, delete or rename with option -r")
    if machine.documents[name] is before[name]:
        return 0
    old, new = config_of(before[name]), config_of(machine.documents[name])
    try:
        changes = reconfiguration.differences(old, new)
        for change in changes:
            if change.text is None:
                raise NotSimulated(f"{change.about} is refused with option -r, in words not known")
        call.out("".join(f"Checking: {change.text}\n" for change in changes))
        reconfiguration.enact(call, call.machine.zones[name], new)
    except Unknown as unknown:
        raise NotSimulated(str(unknown)) from None
    except Refused as refused:
        call.err(refused.text)
        return refused.rc
    call.out("Applying the changes\n")
    return 0


def _seen(call: Call, dialect: Dialect, live: str) -> Machine:
    """What zonecfg finds on the machine, of the zone ``live`` what it runs with. A zone that the data centre file declares without a
    configuration gets the plain one."""
    documents = {}
    for zone in call.machine.zones.values():
        if zone.name == "global":
            continue
        config = effective(zone) if zone.name == live else zone.config
        plain = {"zonepath": zone.zonepath, "autoboot": "false", "brand": zone.brand, "ip-type": zone.ip_type}
        missing = {word: value for word, value in plain.items() if word not in config and not (word == "ip-type" and value == "shared")}
        documents[zone.name] = document_of(zone.name, {**missing, **config})
    return Machine(
        documents=documents,
        states={zone.name: zone.state for zone in call.machine.zones.values()},
        brands=frozenset(call.machine.brands) or dialect.brands,
        detached=lambda path: _manifest(call, path),
        write_file=call.write_file,
        may_write=call.user == "root",
    )


def _manifest(call: Call, zonepath: str) -> ZoneDocument | None:
    """What zoneadm detach left there; None without one."""
    try:
        text = call.read_file(f"{zonepath.rstrip('/')}/SUNWdetached.xml")
    except OSError:
        return None
    try:
        return from_xml(text) if text.strip() else None
    except ElementTree.ParseError:
        raise NotSimulated("a detached zone's manifest that cannot be read") from None


def _keep(call: Call, dialect: Dialect, before: dict[str, ZoneDocument], machine: Machine) -> None:
    """Bring the truth in step with the configurations: new, changed, renamed and deleted zones."""
    zones = call.machine.zones
    gone = [name for name in before if name not in machine.documents]
    new = [name for name in machine.documents if name not in before]
    if len(gone) == len(new) == 1:  # one run cannot do both without renaming
        zone = zones.pop(gone[0])
        zone.name = new[0]
        zones[new[0]] = zone
    else:
        for name in gone:
            zones.pop(name)
    for name, document in machine.documents.items():
        if name in before and document is before[name]:
            continue
        zone = zones.setdefault(name, Zone(name))
        if zone.zone_id is not None and zone.live is None:  # it runs with what was stored until now
            readied(zone)
        zone.config = config_of(document)
        zone.zonepath = zonepath_of(document)
        zone.brand = brand_of(document, dialect)
        zone.ip_type = ip_type_of(document)
        zone.state = machine.states.get(name, zone.state)
