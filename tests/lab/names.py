# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of commands: which of them Solaris has, where they live, and which real programs a simulated machine may use.

A name of ``USR_BIN`` or ``USR_SBIN`` that no family registered answers "not simulated"; any other name is not found.
The folders are those of the manual pages' synopses (man1, man1m) of Solaris 10 and 11.
"""

from __future__ import annotations

# Real programs that behave the same on Solaris for what a management script does with them.
REAL = """
cat ls mkdir rm mv cp chmod ln sleep nohup kill test [ expr printf echo head tail wc grep egrep fgrep sed awk sort uniq tee true false env
date dirname basename find touch rmdir tr cut od cmp diff comm join paste split xargs mkfifo readlink cksum pwd sync stty tty nice
""".split()

USR_BIN = """
uname hostname id groups whoami who w last uptime logname newgrp passwd su login sudo pfexec profiles roles auths userattr crontab at
svcs svcprop pkg pkginfo pkgparam pkgproto pkgmk pkgtrans pkgrepo pkgrecv pkgsend showrev isainfo isalist mach arch optisa pagesize prctl ps prstat
pargs pfiles pgrep pkill ptree pwdx psig pldd pmap pstack ptime truss tar cpio pax compress uncompress gzip gunzip bzip2 unzip zip du ed ex vi file
digest mac elfsign ipcs ipcrm kstat lgrpinfo plgrp kmfcfg listusers locale mail mailx more netstat nslookup dig priocntl ppriv projects rcapstat
newtask rcp rsh rlogin rsync rup ruptime scp sftp ssh ssh-keygen strings sum telnet ftp tip time vmstat mpstat iostat sar zonename zonestat getconf getent getfacl setfacl
domainname ypwhich ypcat ypmatch ldaplist nawk oawk perl python bash ksh csh tcsh zsh expect wget curl openssl java javac make cc gcc nm dump
 mdb dis adb evals msgfmt iconv csplit fold nl pr banner cal calc bc dc units look spell script
chown chgrp logger timex cancel lp lpstat enable disable mesg write talk finger fmt tput clear reset suriadm flowstat
amt sotruss whocalls proftool pktool elffile ctstat ctrun ctwatch cputrack loadkeys
""".split()

USR_SBIN = """
zoneadm zonecfg zlogin zoneadmd zonep2vchk zpool zfs zdb zstreamdump dladm ipadm ifconfig flowadm route routeadm ping traceroute snoop arp ndd nwamadm nwamcfg netadm netcfg
svcadm svccfg inetadm inetconv format fmthard prtvtoc fdisk devfsadm cfgadm luxadm mpathadm stmsboot fcinfo iscsiadm itadm stmfadm sasinfo hbacfg
metaset metastat metainit metadb metaclear metattach metadetach metareplace metasync metaimport metarecover metaparam metaonline metaoffline metahs metadevadm medstat
prtconf prtdiag prtpicl prtfru psrinfo psradm psrset pbind pooladm poolcfg poolbind poolstat rcapadm sysdef eeprom dumpadm coreadm dispadmin projadd projmod projdel
beadm lucreate luactivate lustatus lucurr ludelete lumount luumount luupgrade lurename lufslist lucompare lumake lucancel patchadd patchrm smpatch
pkgadd pkgrm pkgchk pkgask flarcreate flar archiveadm installadm setup_install_server add_install_client sysconfig sys-unconfig sysidtool
ldm ldmd ldmpower virtinfo hostconfig ilomconfig fmadm fmdump fmstat fmtopo syseventadm asradm swap mount umount mountall umountall share unshare shareall dfshares df dfmounts
mkfs newfs fsck fsstat fuser lofiadm growfs tunefs quota quotaon edquota repquota shutdown reboot halt poweroff init telinit uadmin bootadm installboot
useradd userdel usermod groupadd groupdel groupmod roleadd roledel rolemod pwck grpck pwconv ntpdate ntpq xntpdc ntpdc rpcinfo showmount nfsstat nscd nscfg dns-sd
modinfo modload modunload rem_drv add_drv update_drv tapes disks audit auditconfig auditreduce praudit syslogd cron wall hostid getmajor trapstat intrstat lockstat dtrace plockstat busstat cpustat
in.mpathd ipmpstat ilbadm vrrpadm dhcpinfo dhcpagent nfsmapid rdc kadmin clri dcopy ff labelit ncheck volcopy dlstat kzhost adbgen rctladm rcapd sckmd smcwebserver
grpadm wanboot wbemadmin sendmail raidctl powertop poweradm pmconfig ikeadm ipseckey ipsecconf ipf ipfstat ipnat pfctl svcbundle dax dsinfo kldm rad cryptoadm
pwconv tftp trapinfo diskinfo croinfo unlink snmpd admhist tcpstat ipstat compliance evsadm evsstat
""".split()


def known() -> dict[str, str]:
    """Every Solaris command the lab knows by name -> its folder ('usr/bin', ...). Names ending in '_' are spares and left out."""
    return {name: "usr/bin" for name in USR_BIN} | {name: "usr/sbin" for name in USR_SBIN}
