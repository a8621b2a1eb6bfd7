# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""limitpriv: which privileges a zone may have. illumos and later look at it in verify; Solaris 10 leaves it to zoneadm.

The lists are those of the brand's config.xml and of priv_names(5); the order is that in which the real program compares.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMES = _words(
    """contract_event contract_identity contract_observer cpc_cpu dtrace_kernel dtrace_proc dtrace_user file_chown file_chown_self
    file_dac_execute file_dac_read file_dac_search file_dac_write file_downgrade_sl file_flag_set file_link_any file_owner file_read
    file_setid file_upgrade_sl file_write graphics_access graphics_map ipc_dac_read ipc_dac_write ipc_owner net_access net_bindmlp
    net_icmpaccess net_mac_aware net_mac_implicit net_observability net_privaddr net_rawaccess proc_audit proc_chroot
    proc_clock_highres proc_exec proc_fork proc_info proc_lock_memory proc_owner proc_prioup proc_priocntl proc_session proc_setid
    proc_taskid proc_zone sys_acct sys_admin sys_audit sys_config sys_devices sys_ipc_config sys_linkdir sys_mount sys_iptun_config
    sys_dl_config sys_ip_config sys_net_config sys_nfs sys_ppp_config sys_res_bind sys_res_config sys_resource sys_smb
    sys_suser_compat sys_time sys_trans_label virt_manage win_colormap win_config win_dac_read win_dac_write win_devices win_dga
    win_downgrade_sl win_fontpath win_mac_read win_mac_write win_selection win_upgrade_sl xvm_control"""
)
_BASIC = _words("file_link_any file_read file_write net_access proc_exec proc_fork proc_info proc_session")
_DEFAULT = _words(
    """contract_event contract_identity contract_observer file_chown file_chown_self file_dac_execute file_dac_read file_dac_search
    file_dac_write file_owner file_setid ipc_dac_read ipc_dac_write ipc_owner net_bindmlp net_icmpaccess net_mac_aware
    net_observability net_privaddr proc_chroot sys_audit proc_audit proc_lock_memory proc_owner proc_setid proc_taskid sys_acct
    sys_admin sys_mount sys_nfs sys_resource"""
)
_DEFAULT_EXCLUSIVE = _words("net_rawaccess sys_ip_config sys_iptun_config sys_ppp_config")
_PROHIBITED = (
    "sys_ppp_config", "virt_manage", "xvm_control", "sys_suser_compat", "sys_res_config", "sys_net_config", "sys_linkdir",
    "sys_ip_config", "sys_devices", "sys_config", "proc_zone", "dtrace_kernel",
)  # fmt: skip
_PROHIBITED_SHARED = frozenset({"sys_ppp_config", "sys_ip_config"})
_REQUIRED = ("sys_mount", "sys_ip_config", "proc_fork", "proc_exec")


def wrong_privilege(limitpriv: str, ip_type: str) -> str | None:
    """The privilege that makes ``limitpriv`` invalid, None when it is valid."""
    if limitpriv in ("", "default"):
        return None
    head, comma, rest = limitpriv.partition(",")
    with_default = bool(comma) and "default".startswith(head)
    tokens = [token for token in (rest if with_default else limitpriv).split(",") if token]
    if "zone" in tokens:
        return "zone"
    held: set[str] = set()
    if with_default:
        held = set(_BASIC | _DEFAULT | (_DEFAULT_EXCLUSIVE if ip_type == "exclusive" else frozenset()))
    for token in tokens:
        takes_away = token[0] in "-!"
        name = token[1:] if takes_away else token
        group = _group(name)
        if group is None:
            return token
        if name.lower() == "none" and not takes_away:
            held.clear()
        elif takes_away:
            held -= group
        else:
            held |= group
    for name in _PROHIBITED:
        if name in held and (ip_type == "shared" or name not in _PROHIBITED_SHARED):
            return name
    for name in _REQUIRED:
        if name not in held and (ip_type == "exclusive" or name != "sys_ip_config"):
            return name
    return None


def _group(name: str) -> frozenset[str] | None:
    lower = name.lower()
    if lower == "all":
        return _NAMES
    if lower == "none":
        return frozenset()
    if lower == "basic":
        return _BASIC
    lower = lower.removeprefix("priv_")
    return frozenset({lower}) if lower in _NAMES else None


def known_privilege(token: str) -> bool:
    return _group(token.lstrip("-!")) is not None
