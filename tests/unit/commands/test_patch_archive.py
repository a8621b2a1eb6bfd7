# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a patch goes in, as its archive says; lists of checksums."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patch_archive
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_archive import Checksum
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

SHA1, SHA256, MD5 = "a" * 40, "B" * 64, "c2bf6c07976f113148a0f75a762f2140"


@pytest.mark.parametrize(
    ("words", "reboot", "reconfigure", "single"),
    [
        ("", "none", False, False),
        ("clientroot clientusr", "none", False, False),
        ("rebootafter", "after", False, False),
        ("reconfigafter clientroot", "after", True, False),
        ("rebootimmediate singleuserrequired", "immediate", False, True),
        ("rebootafter reconfigimmediate rebootimmediate", "immediate", True, False),
        ("rebootimmediate reconfigafter", "immediate", False, False),
        ("rebootafter,reconfigafter,singleuser", "after", True, True),
        ("rebootnone singleusernone", "none", False, False),
    ],
)
@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_patchinfo(words: str, reboot: str, reconfigure: bool, single: bool, quote: str) -> None:
    found = patch_archive.parse_patchinfo(f"PATCHID=119254-42\nPATCH_PROPERTIES={quote}{words}{quote}\nPATCH_OS='SunOS'\n")
    assert (found.source, found.reboot, found.reconfigure, found.single_user) == ("patchinfo", reboot, reconfigure, single)
    assert found.standard is (not words or words.startswith(("client", "rebootnone")))


def test_patchinfo_with_a_word_nobody_has_shown() -> None:
    with pytest.raises(ParseError, match="PATCH_PROPERTIES has 'rebootsoon', which is not known"):
        patch_archive.parse_patchinfo("PATCH_PROPERTIES='rebootsoon'\n")


def test_whose_patchinfo() -> None:
    assert patch_archive.patch_id('PATCHID="119254-42"\n') == PatchId("119254", 42)
    assert patch_archive.patch_id("PATCH_OS='SunOS'\n") is None
    with pytest.raises(ParseError):
        patch_archive.patch_id("PATCHID=119254\n")


@pytest.mark.parametrize(
    ("text", "reboot", "reconfigure", "single"),
    [
        ("Synopsis: SunOS 5.10: ls patch\n", "none", False, False),
        ("Reboot after installing this patch to activate the changes delivered.\n", "after", False, False),
        ("Install Requirements:\n  Reboot immediately after patch is\n  installed.\n", "immediate", False, False),
        ("Reconfigure immediately after patch is installed. Install in Single User mode.\n", "immediate", True, True),
        ("Reconfigure after installing this patch\n", "after", True, False),
        ("Reboot after installing. Reconfigure after installing.\n", "after", True, False),
        ("no reboot is needed after installing this patch\n", "none", False, False),
        ("It is to be installed in single-user mode\n", "none", False, True),
    ],
)
def test_readme(text: str, reboot: str, reconfigure: bool, single: bool) -> None:
    assert patch_archive.parse_readme(text) == Properties("readme", reboot, reconfigure, single)  # type: ignore[arg-type]


#: The headings are those of Sun's READMEs.
README = """\
Patch-ID# 100000-01
Keywords: boot reboot init
Synopsis: SunOS 5.10: boot patch
Date: Jan/02/06

BugId's fixed with this patch: 1000001 1000002

Changes incorporated in this version: 1000002

Files included with this patch:

/usr/sbin/reboot

Problem Description:

1000001 system does not come up after a reboot, init 6 hangs
1000002 boot -s asks for a password twice
1000001 Install over the network: no reboot follows
1000002 boot fails

Patch Installation Instructions:
--------------------------------

Refer to the man pages for instructions on using patchadd and patchrm.

Special Install Instructions:
-----------------------------

{}
"""


@pytest.mark.parametrize(
    "words",
    [
        "The system must be rebooted once the patch is in.",
        "NOTE 1:  A reboot is required to\nactivate this patch.",
        "After the patch is installed, reboot.",
        "Run\n    init 6\nwhen patchadd has ended.",
        "ok boot -r",
        "Bring the system to run level S.",
        "Touch /reconfigure and restart the system.",
        "Halt the machine and power cycle it.",
        "A reboot is not required unless the driver is loaded.",
        "No reboot is needed. Boot from the network first.",
        "Reboot the file server. It is told of after that how to install.",
    ],
)
def test_a_readme_that_speaks_of_a_boot_in_other_words_says_nothing(words: str) -> None:
    found = patch_archive.parse_readme(README.format(words))
    assert (found, found.standard) == (Properties(), False)
    assert patch_archive.parse_readme(words) == Properties()
    assert patch_archive.properties(None, words, ["SUNW_PATCH_SAFEMODE=true\n"]) == Properties("", "after", deferred=True)


@pytest.mark.parametrize(
    "words",
    ["None.", "A reboot is not required.", "No reboot is needed after this patch.", "Install it into an alternate boot environment."],
)
def test_the_errors_that_a_readme_lists_ask_for_nothing(words: str) -> None:
    assert patch_archive.parse_readme(README.format(words)) == Properties("readme")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Reboot the system after patch installation.\n\nInstall it in single user mode.", Properties("readme", "after", single_user=True)),
        ("Reboot the system immediately after patch installation. The boot takes long.", Properties("readme", "immediate")),
    ],
)  # fmt: skip
def test_a_known_sentence_in_the_instructions_counts(words: str, found: Properties) -> None:
    assert patch_archive.parse_readme(README.format(words)) == found


def test_a_known_sentence_among_the_errors_hides_no_instruction() -> None:
    text = README.replace("1000002 boot", "1000002 Reboot right after installation fails\n1000003 boot")
    assert patch_archive.parse_readme(text.format("The system must be rebooted.")) == Properties()
    assert patch_archive.parse_readme(text.format("None.")) == Properties("readme", "after")


def test_patchinfo_counts_before_a_readme_and_packages_add_to_both() -> None:
    patchinfo, readme = "PATCH_PROPERTIES=''\n", "Reboot after installing.\n"
    assert patch_archive.properties(patchinfo, readme, []).standard
    assert patch_archive.properties(None, readme, []).reboot == "after"
    nothing = patch_archive.properties(None, None, ["PKG=SUNWabc\nSUNW_PATCH_SAFEMODE=false\n"])
    assert (nothing, nothing.standard) == (Properties(), False)
    found = patch_archive.properties(patchinfo, None, ["PKG=SUNWabc\nSUNW_PKG_ALLZONES=true\n", 'SUNW_PATCH_SAFEMODE="true"\n'])
    assert found == Properties("patchinfo", "after", deferred=True, all_zones=True)
    immediate = patch_archive.properties("PATCH_PROPERTIES=rebootimmediate\n", None, ["SUNW_PATCH_SAFEMODE=true\n"])
    assert (immediate.reboot, immediate.deferred) == ("immediate", True)


ORACLE = f"""\
========================================================

What this file is, in some sentences: who made it,
and how it is used.

========================================================

127127-11.zip
MD5: {MD5}
SysV Sum: 12345 67890
Sum: 54321 67890

119254-42.zip
MD5: {MD5.upper()}
SysV Sum: 1 2
Sum: 3 4
"""


def test_checksums_of_oracle() -> None:
    assert patch_archive.parse_checksums(ORACLE) == dict.fromkeys(("127127-11.zip", "119254-42.zip"), Checksum("md5", MD5))
    assert patch_archive.parse_checksums(ORACLE.split("=\n")[-1]) == patch_archive.parse_checksums(ORACLE)


def test_checksums_as_tools_print_them() -> None:
    text = f"# made by hand\n{SHA1}  a/119254-42.zip\n{SHA256} *127127-11.zip\n\nmd5 (x.zip) = {MD5}\nSHA256 (y.zip) = {SHA256}\n"
    assert patch_archive.parse_checksums(text) == {
        "119254-42.zip": Checksum("sha1", SHA1),
        "127127-11.zip": Checksum("sha256", SHA256.lower()),
        "x.zip": Checksum("md5", MD5),
        "y.zip": Checksum("sha256", SHA256.lower()),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1234567890 4096 119254-42.zip\n", "line 1: '1234567890 4096 119254-42.zip' is neither of Oracle's CHECKSUMS nor of a list"),
        (f"{SHA1}  a.zip\n{SHA256}  a.zip\n", "line 2: a.zip has two checksums"),
        (f"{'a' * 41}  a.zip\n", "line 1: 'a+' is no checksum"),
        ("a.zip\nMD5: none\n", "line 2: 'none' is no checksum"),
        (f"MD5: {MD5}\n", "line 1: 'MD5: "),
        ("<html> sign in\n", "line 1"),
    ],
)
def test_checksums_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        patch_archive.parse_checksums(text)
