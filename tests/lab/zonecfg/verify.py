# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify and commit: the whole configuration is checked, and saved when it holds."""

from __future__ import annotations

from .dialect import NotSimulated
from .document import Resource, ZoneDocument, brand_of, ip_type_of, of_type
from .finish import wrong_auths
from .privileges import known_privilege, wrong_privilege
from .rules import interface_error, zfs_name
from .session import Session


class _Check:
    """Collects the first fault's code; every fault is printed and raises the error flag."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.code = ""

    def fault(self, text: str, code: str, fails: bool = True) -> None:
        self.session.error(text, fails)
        self.code = self.code or code

    def required(self, resource: Resource, *words: str) -> None:
        for word in words:
            if not resource.get(word):
                self.fault(f"{resource['kind']}: {word} not specified", "required")


def verify(session: Session, save: bool) -> None:
    """``save`` is commit. Nothing is saved when a check fails, or when the check stops half way."""
    document = session.ready()
    if document is None:
        return
    check = _Check(session)
    if not _zone_wide(session, document, check):
        return
    for kind in ("inherit-pkg-dir", "fs"):
        for resource in of_type(document, kind):
            check.required(resource, *(("dir",) if kind != "fs" else ("dir", "special", "type")))
    _networks(session, document, check)
    _controls(session, document, check)
    for attr in of_type(document, "attr"):
        check.required(attr, "name", "type", "value")
    for dataset in of_type(document, "dataset"):
        if dataset.get("name") and not zfs_name(dataset["name"]):
            check.fault("dataset: name invalid", "bad_property")
        check.required(dataset, "name")
    for admin in of_type(document, "admin"):
        check.required(admin, "user", "auths")
        if not check.code and admin["user"] not in session.machine.users:
            check.fault(f"user {admin['user']} is not a valid username", "bad_property", False)
        if not check.code and wrong_auths(session, admin["auths"]):
            for line in wrong_auths(session, admin["auths"]):
                session.raw(line + "\n")
            check.code = "bad_property"
    if session.scope is not None:
        check.fault("resource specification incomplete", "insufficient")
    if save and not check.code:
        session.save(document)
        session.dirty = False
        session.revert_zone = session.zone
    elif save:
        session.error(f"Zone {session.zone} failed to verify", False)
    if check.code:
        session.refuse(session.zone, check.code)


def _zone_wide(session: Session, document: ZoneDocument, check: _Check) -> bool:
    """False when the check ends here, without a save."""
    attributes, zone, family = document["attributes"], session.zone, session.dialect.family
    brand = brand_of(document, session.dialect)
    if not session.is_global:
        path = attributes.get("zonepath", "")
        if len(path) >= 1024:
            check.fault("zonepath not specified", "required_resource")
        elif not path:
            check.fault("zonepath cannot be empty.", "required_resource")
    if brand not in session.machine.brands and not (family == "s10" and brand == "native"):
        session.error(f"{zone}: unknown brand.\n", False)
        session.refuse(zone, "document")
        return False
    if family == "s10":
        return True
    limitpriv = attributes.get("limitpriv", "")
    wrong = wrong_privilege(limitpriv, ip_type_of(document))
    if wrong is not None:
        if family == "s11" and not known_privilege(wrong) and wrong != "zone":
            raise NotSimulated(f"privilege {wrong} of Solaris 11")
        session.error(f"{zone}: invalid privilege: {wrong}", False)
        return False
    return True


def _networks(session: Session, document: ZoneDocument, check: _Check) -> None:
    ip_type, family = ip_type_of(document), session.dialect.family
    needy: dict[str, list[bool]] = {}  # physical: [has allowed-address, has defrouter]
    for net in of_type(document, "net"):
        check.required(net, "physical")
        if family != "s10":
            problem = interface_error(net.get("physical", ""), family, ip_type)
            if problem:
                check.fault(problem, "inval")
        if ip_type == "shared":
            check.required(net, "address")
            if net.get("allowed-address"):
                check.fault("net: allowed-address cannot be specified for a shared IP type", "inval")
            continue
        if net.get("address"):
            check.fault("net: address cannot be specified for an exclusive IP type", "inval")
        if family == "s10":
            if net.get("defrouter"):
                check.fault("net: defrouter cannot be specified for an exclusive IP type", "inval")
        elif not net.get("address"):
            seen = needy.setdefault(net.get("physical", ""), [False, False])
            seen[0] |= bool(net.get("allowed-address"))
            seen[1] |= bool(net.get("defrouter"))
    for name, (has_address, has_router) in reversed(needy.items()):
        if has_router and not has_address:
            session.error(f"net: defrouter for {name} cannot be specified without allowed-address for an exclusive IP type")
            check.code = "inval"
    if ip_type == "shared" and of_type(document, "anet"):
        raise NotSimulated("what zonecfg says of anet in a shared-ip zone")


def _controls(session: Session, document: ZoneDocument, check: _Check) -> None:
    names = set()
    for rctl in of_type(document, "rctl"):
        names.add(rctl["name"])
        if not rctl.get("value"):
            check.fault("rctl: no value specified", "required")
    dedicated = bool(of_type(document, "dedicated-cpu"))
    shares = "zone.cpu-shares" in names
    if dedicated and shares:
        check.fault("rctl zone.cpu-shares and dedicated-cpu are incompatible.", "incompatible")
    scheduler = document["attributes"].get("scheduling-class", "")
    if shares and scheduler not in ("", "FSS") and len(scheduler) < 256:
        check.fault(f"WARNING: rctl zone.cpu-shares and scheduling-class={scheduler} are incompatible", "incompatible")
    if dedicated and "zone.cpu-cap" in names:
        check.fault("rctl zone.cpu-cap and the dedicated-cpu are incompatible.", "incompatible")
