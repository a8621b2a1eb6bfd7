# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import df, svr4, swap
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError


def test_patches() -> None:
    text = "Patch: 120011-14 Obsoletes: 118833-30, 118833-31 Requires:  Incompatibles:  Packages: SUNWckr, SUNWcsr\n"
    (patch,) = svr4.parse_patches(text)
    assert (patch.id, patch.obsoletes, patch.requires, patch.packages) == (
        "120011-14",
        ("118833-30", "118833-31"),
        (),
        ("SUNWckr", "SUNWcsr"),
    )
    assert svr4.parse_patches("No patches are installed\n") == ()
    with pytest.raises(ParseError):
        svr4.parse_patches(text.replace("118833-30", "everything"))


def test_packages() -> None:
    (one,) = svr4.parse_packages("SUNWckr         Core Solaris Kernel (Root)\n              (sparc) 11.10.0,REV=2005.01.21.15.53\n")
    assert (one.instance, one.name, one.architecture) == ("SUNWckr", "Core Solaris Kernel (Root)", "sparc")
    with pytest.raises(ParseError, match="not installed"):
        svr4.parse_info('ERROR: information for "SUNWnone" was not found\n')


def test_swap() -> None:
    heading = "swapfile             dev    swaplo   blocks     free\n"
    (one,) = swap.parse_devices(heading + "/dev/zvol/dsk/rpool/swap 285,2         8  4194296  4194296\n")
    assert (one.path, one.blocks) == ("/dev/zvol/dsk/rpool/swap", 4194296)
    assert swap.parse_devices("No swap devices configured\n") == ()
    with pytest.raises(ParseError):
        swap.parse_devices("/dev/zvol/dsk/rpool/swap 285,2         8  4194296  4194296\n")
    with pytest.raises(ParseError, match="does not add up"):
        swap.parse_summary("total: 1k bytes allocated + 2k reserved = 4k used, 5k available\n")


def test_df_with_a_name_on_a_line_of_its_own() -> None:
    text = "Filesystem            kbytes    used   avail capacity  Mounted on\n"
    text += "/dev/md/dsk/a-very-long-name-of-a-device\n   100 40 60 40% /mnt\n"
    (one,) = df.parse(text)
    assert (one.device, one.size, one.mount) == ("/dev/md/dsk/a-very-long-name-of-a-device", "100", "/mnt")
    with pytest.raises(ParseError):
        df.parse(text.replace("100 40", "1.0G 40"))
