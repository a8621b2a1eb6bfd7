# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's output held against real samples of the same command: ``python -m tests.conformance.lab_shapes [DIR]``.

What a command prints differs from machine to machine, its shape does not: header words, number of columns, labels, and lines in which
only names and numbers differ. Prints per family how many samples the lab's output has the shape of.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.call import COMMANDS
from tests.lab.diskgroups import VxHost
from tests.unit.lab.node_world import LUNS, nodes
from tests.unit.lab.vxvm_world import group

from .samples import Sample, corpus, read

Lines = list[str]
Judge = Callable[[Lines, Lines], str | None]


def table(lab: Lines, real: Lines) -> str | None:
    """The same header words, and rows of no more or fewer words than the sample's or than the header's; OVER may be a list."""
    if lab[0].split() != real[0].split():
        return f"header {lab[0]!r} instead of {real[0]!r}"
    allowed = {len(line.split()) for line in real[1:]} | {len(real[0].split())}
    if lab[0].split()[-1] == "OVER":
        allowed |= {max(allowed) + more for more in range(1, 8)}
    return next((f"row {line!r} has {len(line.split())} words" for line in lab[1:] if len(line.split()) not in allowed), None)


def heads(count: int) -> Judge:
    """The first lines have the same words."""

    def judge(lab: Lines, real: Lines) -> str | None:
        pairs = zip(lab[:count], real[:count], strict=True)
        return next((f"{mine!r} instead of {theirs!r}" for mine, theirs in pairs if mine.split() != theirs.split()), None)

    return judge


def fields(separator: str) -> Judge:
    """Every line has as many separated fields as the sample's lines; an escaped separator does not separate."""

    def judge(lab: Lines, real: Lines) -> str | None:
        cut = re.compile(r"(?<!\\)" + re.escape(separator))
        allowed = {len(cut.split(line)) for line in real}
        return next((f"{line!r} has {len(cut.split(line))} fields" for line in lab if len(cut.split(line)) not in allowed), None)

    return judge


def patterns(*known: str) -> Judge:
    """Every line, of the lab and of the sample, is one of these."""

    def judge(lab: Lines, real: Lines) -> str | None:
        return next((f"{line!r}" for line in [*real, *lab] if not any(re.fullmatch(pattern, line) for pattern in known)), None)

    return judge


def same(lab: Lines, real: Lines) -> str | None:
    return None if lab == real else f"{lab} instead of {real}"


def without_header(lab: Lines, real: Lines) -> str | None:
    """Rows of ``-H``: the words of a row, and one FMRI in it."""
    return fields("@")(lab, real) or table([*real[:1], *lab], real)


def kstat_record(lab: Lines, real: Lines) -> str | None:
    """``instance:`` and ``class:`` stand where they stand in the sample, and so do the values of statistics."""
    places = []
    for each in (lab, real):
        value = re.match(r"\s+\S+ +", each[2].expandtabs())
        places.append((each[0].index("instance:"), each[1].index("class:"), value.end() if value else 0))
    return None if places[0] == places[1] else f"columns {places[0]} instead of {places[1]}"


def labels(lab: Lines, real: Lines) -> str | None:
    """The labels before ``:`` or ``=`` of the lab's lines are those of the sample, in the same order (each told once)."""
    found = [
        list(dict.fromkeys(re.findall(r"([A-Za-z#][\w#, -]*?)(?: =|:) ", "\n".join(f"{line} " for line in each)))) for each in (lab, real)
    ]
    extra = [label for label in found[0] if label not in found[1]]
    if extra:
        return f"labels {extra} are not in the sample"
    order = [label for label in found[1] if label in found[0]]
    return None if order == found[0] and order else f"labels {found[0]} instead of {found[1]}"


def records(lab: Lines, real: Lines) -> str | None:
    """Lines that begin with a type of record: as many words as the sample's record of that type."""
    known = {line.split()[0]: len(line.split()) for line in real}
    return next((f"record {line!r}" for line in lab if known.get(line.split()[0]) != len(line.split())), None)


MASKS = (
    (r"<[A-Z0-9,a-z]*>", "<>"),  # flags
    (r"<[^>]*>", "<>"),
    (r"\b[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}\b", "M"),
    (r"\b\d+(\.\d+){3}\b", "A"),
    (r"/[\w/@,.:-]+", "/P"),
    (r"\b[0-9a-f]{6,16}\b", "9"),
    (r"\b[A-Za-z][\w-]*\d[\w.:-]*", "W"),
    (r"\b\d+k\b", "9k"),
    (r"\b\d+(-\d+)?\b", "9"),
    (r"\s+", " "),
)


def masked(line: str) -> str:
    """A line with its names and numbers covered."""
    text = line.rstrip()
    for pattern, mask in MASKS:
        text = re.sub(pattern, mask, text)
    return re.sub(r"^ $", "", text)


def lines(lab: Lines, real: Lines) -> str | None:
    """Every line of the lab is one of the sample's but for names and numbers."""
    known = {masked(line) for line in real}
    return next((f"no line of the sample is like {line!r}" for line in lab if masked(line) not in known), None)


@dataclass(frozen=True)
class Probe:
    """A command of the lab and the samples it must look like: ``command`` fits the sample's command, ``os`` its release."""

    family: str
    command: str
    on: str
    line: str
    judge: Judge
    os: str = ""


AGGR = "link,mode,policy,addrpolicy,lacpactivity,lacptimer"
IOSTAT = patterns(
    r"c\w+ +Soft Errors: \d+ Hard Errors: \d+ Transport Errors: \d+ ?",
    r"Vendor: \S+ +Product: \S.* Revision: \S+ +Serial No:.*",
    r"Size: \d+[.,]\d\dGB <\d+( bytes)?>",
    r"Media Error: \d+ Device Not Ready: \d+ No Device: \d+ Recoverable: \d+ ?",
    r"Illegal Request: \d+ Predictive Failure Analysis: \d+(\.\.\.)? ?",
)
PROBES = (
    Probe("arp", "arp -an", "t8", "arp -an", heads(1)),
    Probe("beadm", "beadm list -H", "t8", "beadm list -H", fields(";")),
    Probe("cfgadm", "cfgadm -al -o show_FCP_dev", "t8", "cfgadm -al -o show_FCP_dev", table),
    Probe("df", "df -k", "t4", "df -k", table, "S10"),
    Probe("df", "df -h .*", "t4", "df -h", table, "S10"),
    Probe("dladm", "dladm show-link", "t8", "dladm show-link", table, r"S11"),
    Probe("dladm", "dladm show-phys", "t8", "dladm show-phys", table),
    Probe("dladm", "dladm show-link -p -o link,class,over net0", "t8", "dladm show-link -p -o link,class,over net0", fields(":")),
    Probe("dladm", "dladm show-phys -p -o state,speed,duplex net0", "t8", "dladm show-phys -p -o state,speed,duplex net0", fields(":")),
    Probe("dladm", "dladm show-vnic -p -o .*", "t8", "dladm show-vnic -p -o link,over,macaddress", fields(":")),
    Probe("dladm", "dladm show-aggr -p -o .*", "t8", f"dladm show-aggr -p -o {AGGR}", fields(":")),
    Probe("dladm", "dladm show-aggr -x -p -o port .*", "t8", "dladm show-aggr -x -p -o port aggr0", lines),
    Probe("dladm", "dladm show-dev", "t4", "dladm show-dev", lines),
    Probe("format", "format", "t4", "format", lines),
    Probe("ifconfig", "ifconfig -a", "t4", "ifconfig -a", lines, "S10"),
    Probe("iostat", "iostat -En", "t4", "iostat -En", IOSTAT),
    Probe("ipadm", "ipadm show-addr", "t8", "ipadm show-addr", table),
    Probe("ipadm", "ipadm show-if", "t8", "ipadm show-if", table),
    Probe("ipadm", "ipadm show-if -p -o .*", "t8", "ipadm show-if -p -o ifname,class,persistent,over", fields(":")),
    Probe("kstat", "kstat -n system_pages", "t8", "kstat -n cpu_info0", kstat_record),
    Probe("luxadm", "luxadm -e port", "t8", "luxadm -e port", lines),
    Probe("mpathadm", "mpathadm list lu", "t8", "mpathadm list lu", labels),
    Probe("mpathadm", "mpathadm show lu .*", "t8", f"mpathadm show lu c0t{LUNS[0]}d0", lambda lab, real: labels(lab[:17], real)),
    Probe("netstat", "netstat -rn", "t8", "netstat -rn", lambda lab, real: heads(3)(lab, real) or lines(lab[-4:-1], real)),
    Probe("pkg", "pkg list -af nmap", "t8", "pkg list entire", table),
    Probe("pkg", "pkg list nmap", "t5", "pkg list nmap", same),
    Probe("pkg", "pkg list -Hv( dummy)?", "t5", "pkg list -Hv entire", without_header, "S11$"),
    Probe("pkg", "pkg publisher", "t8", "pkg publisher", table, "S11.1"),
    Probe("prtconf", "prtconf -v.*", "t8", "prtconf", lambda lab, real: lines(lab[1:2], real)),
    Probe("prtdiag", "prtdiag", "t8", "prtdiag in a zone", same),
    # the zones of it; below them stand the totals
    Probe("prstat", "prstat -Z", "t4", "prstat -c -Z -n 1,9 1 1", lambda lab, real: table(lab[2:-1], real)),
    Probe("psrinfo", "psrinfo", "t8", "psrinfo", lines),
    Probe("psrinfo", "psrinfo -v", "t4", "psrinfo -v", lines, "S10 SPARC|S11 SPARC"),
    Probe("psrinfo", "psrinfo -v", "x6", "psrinfo -v", lines, "S1[01] x86"),
    Probe("psrinfo", "psrinfo -vp", "t4", "psrinfo -vp", lines, "S11 SPARC T5"),
    Probe("psrinfo", "psrinfo -vp", "t5", "psrinfo -vp", lines, "S11 SPARC T-series"),
    Probe("route", "route -p show", "t8", "route -p show", lines),
    Probe("route", "route -v -n get default", "t8", "route -v -n get default", lines),
    Probe("swap", "swap -l", "t8", "swap -l", table, "S11"),
    Probe("swap", "swap -s", "t4", "swap -s", lines),
    Probe("uname", "uname -a", "t8", "uname -a", fields(" ")),
    Probe("uname", "uname -X", "t8", "uname -X", labels),
    Probe("virtinfo", "virtinfo -a -p", "t8", "virtinfo -a -p", lambda lab, real: fields("|")(lab, real) or lines([lab[0]], real)),
    Probe("virtinfo", "virtinfo", "t8", "virtinfo", lines),
    Probe("vxvm", "vxassist -g .* maxsize", "t4", "vxassist -g datadg maxsize", patterns(r"Maximum volume size: \d+ \(\d+Mb\)")),
    Probe("vxvm", "vxdisk list", "t4", "vxdisk list", table),
    Probe("vxvm", "vxdisk path", "t4", "vxdisk path", table),
    Probe("vxvm", "vxprint -g .*", "t4", "vxprint -g datadg", lambda lab, real: heads(1)(lab, real) or records(lab[1:], real[1:]), "S10"),
)  # fmt: skip


def printed(probe: Probe) -> Lines:
    """What the lab prints, on machines that have a VNIC, an aggregation, a default route and a disk group. Blank lines do not count."""
    world = nodes()
    for line in ("dladm create-vnic -l net1 vnic1", "dladm create-aggr -l net2 -l net3 aggr0", "route -p add default 10.40.0.1"):
        world.ok(line, "t8")
    if probe.family == "vxvm":
        world.centre.machines[probe.on].vxvm = VxHost()
        group(world, on=probe.on)
        world.ok("vxassist -g datadg make vol01 1g layout=mirror", probe.on)
    line, inside, _ = probe.line.partition(" in a zone")
    call, output = world.call(line, probe.on, zone="web1" if inside else None)
    asyncio.run(COMMANDS[call.argv[0]](call))
    return [each for each in "".join(text for _, text in output).splitlines() if each.strip() or "-p -o" in line]


def comparisons(folder: Path) -> Iterator[tuple[Probe, Sample, str | None]]:
    """Every sample a probe speaks of, with what differs (None: the same shape)."""
    samples = read(folder)
    for probe in PROBES:
        mine = printed(probe)
        for sample in samples:
            if re.fullmatch(probe.command, sample.command) and re.search(probe.os, sample.os):
                theirs = [each for each in sample.text.splitlines() if each.strip() or "-p -o" in probe.line]
                yield probe, sample, probe.judge(mine, theirs) if mine else "the lab printed nothing"


def main(arguments: list[str]) -> int:
    """Prints what differs and the counts; 1 when anything differs or nothing was compared."""
    where = corpus()
    folder = Path(arguments[0]) if arguments else where / "solaris" if where else None
    if folder is None or not (folder / "index.yml").is_file():
        print("no folder of samples with an index.yml", file=sys.stderr)
        return 2
    counts: dict[str, list[int]] = {}
    for probe, sample, problem in comparisons(folder):
        count = counts.setdefault(probe.family, [0, 0])
        count[problem is not None] += 1
        if problem:
            print(f"{sample.name}: {probe.line} on {probe.on}: {problem}")
    for family, (good, bad) in sorted(counts.items()):
        print(f"{family:<12} {good:3} same {bad:3} different")
    good, bad = (sum(count[place] for count in counts.values()) for place in (0, 1))
    print(f"{'all':<12} {good:3} same {bad:3} different")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
