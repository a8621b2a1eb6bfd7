# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a patch's archive: ``patchinfo``, ``README.ID``, the ``pkginfo`` of each package; and lists of checksums of archives.

The words of ``patchinfo`` are those that PCA 20120326 and BMC's catalogue of Solaris patches know; Oracle's own list of them was not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ..model.errors import ParseError
from ..model.patching.archive import Properties, Reboot
from ..model.patching.patch import PatchId

_ASSIGNED = re.compile(r"\s*(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
#: The strongest first. Word → the reboot, and whether devices are configured anew at it.
_REBOOTS: Final[dict[str, tuple[Reboot, bool]]] = {
    "reconfigimmediate": ("immediate", True),
    "rebootimmediate": ("immediate", False),
    "reconfigafter": ("after", True),
    "rebootafter": ("after", False),
}
#: A README says it with a sentence that begins with the verb; "no reboot is needed" does not.
_SENTENCES: Final[tuple[tuple[re.Pattern[str], Reboot, bool], ...]] = (
    (re.compile(r"\bReconfig[^.]{0,80}?immediate[^.]{0,80}?after[^.]{0,80}?install"), "immediate", True),
    (re.compile(r"\bReboot[^.]{0,80}?immediate[^.]{0,80}?after[^.]{0,80}?install"), "immediate", False),
    (re.compile(r"\bReconfig[^.]{0,80}?after[^.]{0,80}?install"), "after", True),
    (re.compile(r"\bReboot[^.]{0,80}?after[^.]{0,80}?install"), "after", False),
)
_SINGLE_USER = re.compile(r"single[- ]user", re.IGNORECASE)
#: Other words of a reboot or of single user. A boot environment is Live Upgrade's, of which most READMEs of Solaris 10 speak.
_BOOTS = re.compile(
    r"\bre-?boot|\bre-?start (?:of )?(?:the |your )?(?:system|machine|server|host)\b|\bboot(?:ed|ing)?\b(?! environment)|\breconfig"
    r"|\bpower[- ]?cycl|\brun[- ]?level|\binit [0156s]\b|\bshutdown -|\b(?:halt|shut down) (?:the |your )?(?:system|machine|server|host)\b",
    re.IGNORECASE,
)
_NO_BOOT = re.compile(r"\bno (?:system )?reboot\b|\breboot\b.{0,40}\bnot (?:be )?(?:needed|required|necessary)\b", re.IGNORECASE)
_BUT = re.compile(r"\b(?:unless|if|when|but|except|only|however|until)\b", re.IGNORECASE)
#: Headings of a README (they begin a line and end with a colon): what is below these tells of errors and files, not of the installation.
_TOLD_OF = re.compile(
    r"(?:Keywords|Synopsis|Topic|Xref|Bug ?Id'?s fixed|Changes incorporated|Patches (?:accumulated|which|required)|Files included"
    r"|Problem Description)\b[^:]*:",
    re.IGNORECASE,
)
#: Below these the installation is spoken of, or something that is short. NOTE lines are mostly those of the installation.
_INSTALLS = re.compile(
    r"(?:[A-Z][A-Z ]{0,40} )?Install[A-Z ]{0,30}:|Special Instructions:|NOTE\b"
    r"|(?:Date|Solaris Release|SunOS Release|Unbundled \w+|Relevant Architectures"
    r"|Obsoleted by|README --)[^:]*:",
    re.IGNORECASE,
)
_ALGORITHMS: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_LISTED = re.compile(r"(?P<digest>[0-9A-Fa-f]{32,128})\s+\*?(?P<name>\S+)")
_NAMED = re.compile(r"(?:md5|sha1|sha256|sha512)\s*\((?P<name>[^)]+)\)\s*=\s*(?P<digest>[0-9A-Fa-f]{32,128})", re.IGNORECASE)
_OF_ORACLE = re.compile(r"(?P<label>MD5|SysV Sum|Sum):\s*(?P<value>.*\S)\s*")
_FILE = re.compile(r"[^\s:]+")


class Checksum(NamedTuple):
    """``algorithm`` is a name of hashlib, ``digest`` in hexadecimal digits, small letters."""

    algorithm: str
    digest: str


def parse_assignments(text: str) -> dict[str, str]:
    """``NAME=value`` lines as in patchinfo and pkginfo(4), without quotes. Lines of another form say nothing and are passed over."""
    found = {}
    for line in text.splitlines():
        match = _ASSIGNED.fullmatch(line)
        if match:
            value = match["value"].strip()
            found[match["name"]] = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    return found


def patch_id(patchinfo: str) -> PatchId | None:
    """Whose patchinfo it is; None where it does not say. Raises ParseError where what it says is no id."""
    id = parse_assignments(patchinfo).get("PATCHID", "")
    return PatchId.parse(id) if id else None


def parse_patchinfo(text: str) -> Properties:
    """Raises ParseError for a word about a reboot that nobody has shown yet."""
    words = re.split(r"[\s,]+", parse_assignments(text).get("PATCH_PROPERTIES", "").strip())
    for word in words:
        if word.startswith(("reboot", "reconfig")) and word not in _REBOOTS and word not in ("rebootnone", "reconfignone"):
            raise ParseError(f"patchinfo: PATCH_PROPERTIES has {word!r}, which is not known. Known are {', '.join(_REBOOTS)}.")
    reboot, reconfigure = next((value for word, value in _REBOOTS.items() if word in words), ("none", False))
    single = any(word.startswith("singleuser") and word != "singleusernone" for word in words)
    return Properties("patchinfo", reboot, reconfigure, single)


def parse_readme(text: str) -> Properties:
    """Older patches have no patchinfo. Where a README only mentions single user that is taken for what it asks for. Where its instructions
    speak of a boot in words that are not known here, nothing is known.
    """
    flat, asked = re.sub(r"\s+", " ", text), _instructions(text)
    found = _sentence(asked)
    if found is None and any(_BOOTS.search(one) for one in re.split(r"[.!?] ", asked) if not _NO_BOOT.search(one) or _BUT.search(one)):
        return Properties()
    reboot, reconfigure = found or _sentence(flat) or ("none", False)
    return Properties("readme", reboot, reconfigure, _SINGLE_USER.search(flat) is not None)


def _sentence(flat: str) -> tuple[Reboot, bool] | None:
    return next(((reboot, again) for pattern, reboot, again in _SENTENCES if pattern.search(flat)), None)


def _instructions(readme: str) -> str:
    """What is not below a heading of ``_TOLD_OF``, in one line. A text without headings is all instructions."""
    kept, counts = [], True
    for line in readme.splitlines():
        if _TOLD_OF.match(line):
            counts = False
        elif _INSTALLS.match(line):
            counts = True
        if counts:
            kept.append(line)
    return re.sub(r"\s+", " ", " ".join(kept))


def properties(patchinfo: str | None, readme: str | None, packages: Iterable[str]) -> Properties:
    """Of the files that there are; the texts of ``packages`` are pkginfo files. What is deferred works after a reboot only."""
    if patchinfo is not None:
        found = parse_patchinfo(patchinfo)
    elif readme is not None:
        found = parse_readme(readme)
    else:
        found = Properties()
    flags = [parse_assignments(text) for text in packages]
    deferred = any(one.get("SUNW_PATCH_SAFEMODE", "").lower() == "true" for one in flags)
    return Properties(
        found.source,
        "after" if deferred and found.reboot == "none" else found.reboot,
        found.reconfigure,
        found.single_user,
        deferred,
        any(one.get("SUNW_PKG_ALLZONES", "").lower() == "true" for one in flags),
    )


def parse_checksums(text: str) -> dict[str, Checksum]:
    """File name → checksum. Three forms, which may be mixed: Oracle's CHECKSUMS (a name, then ``MD5: …``), ``sha256sum`` and its like, and
    that of digest(1) and BSD, ``md5 (NAME) = …``. Raises ParseError for a line of none of them, and for one file with two checksums.

    Of Oracle's form only MD5 is used. Its head and what is below it are told apart by rulers of ``=``, as public readers of it do.
    """
    found: dict[str, Checksum] = {}
    name = ""
    rows = text.splitlines()
    for number, line in enumerate(rows[_head(rows) :], _head(rows) + 1):
        if not line.strip() or line.startswith("#") or set(line.strip()) == {"="}:
            continue
        listed, labelled = _NAMED.fullmatch(line.strip()) or _LISTED.fullmatch(line.strip()), _OF_ORACLE.fullmatch(line.strip())
        if listed:
            _add(found, listed["name"], listed["digest"], number)
        elif labelled and name:
            if labelled["label"] == "MD5":
                _add(found, name, labelled["value"], number)
        elif _FILE.fullmatch(line.strip()):
            name = line.strip()
        else:
            raise ParseError(
                f"checksums, line {number}: {line[:80]!r} is neither of Oracle's CHECKSUMS nor of a list as sha256sum prints it."
            )
    return found


def _head(rows: list[str]) -> int:
    """Oracle's file begins with text between two rulers: where that ends."""
    rulers = [index for index, line in enumerate(rows) if len(line.strip()) > 20 and set(line.strip()) == {"="}]
    return rulers[1] + 1 if len(rulers) > 1 and not any(_FILE.fullmatch(line.strip()) for line in rows[: rulers[0]]) else 0


def _add(found: dict[str, Checksum], name: str, digest: str, number: int) -> None:
    name, algorithm = name.rpartition("/")[2], _ALGORITHMS.get(len(digest))
    if algorithm is None or not re.fullmatch(r"[0-9A-Fa-f]+", digest):
        raise ParseError(f"checksums, line {number}: {digest!r} is no checksum of MD5, SHA-1, SHA-256 or SHA-512.")
    checksum = Checksum(algorithm, digest.lower())
    if found.setdefault(name, checksum) != checksum:
        raise ParseError(f"checksums, line {number}: {name} has two checksums.")
