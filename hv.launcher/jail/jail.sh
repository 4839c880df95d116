#!/bin/sh
# jail.sh ARGUMENTS: './hv run ARGUMENTS', among them --jail, inside bubblewrap: with namespaces of its own, a file system that has the
# JDK's and the system's libraries, this distribution and what the arguments name, a filter of system calls, no capabilities and no
# network. HV_LAUNCH holds the words before 'run', a line each. This shell stays, since bubblewrap passes no signals on.
set -u
HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
LINE='
'

die() { printf 'hv: %s\n' "$*" >&2; exit 2; }
# shown TEXT [LONGEST]: as it may appear in a message: plain characters, cut at that length (200).
shown() {
    printf %s "$1" | LC_ALL=C tr -c ' -~' '?' | LC_ALL=C sed "s/^\(.\{${2:-200}\}\)..*/\1.../"
}

# real PATH: without links and relative parts, in $path. What it names is there.
real() {
    case $1 in *"$LINE"*) die "--jail takes no file names with line breaks" ;; esac
    path=$(readlink -f -- "$1") || die "$(shown "$1"): there is no such file"
}

# file OPTION PATH: what the run reads; said as the run says it, which would not see the file.
file() {
    [ -e "$2" ] || die "$1 $(shown "$2"): there is no such file"
    [ -f "$2" ] || die "$1 $(shown "$2"): not a file"
    [ -r "$2" ] || die "$1 $(shown "$2"): may not be read"
    real "$2"
    readable=$readable$path$LINE
}

# folder OPTION PATH: where the run writes snapshots. There must be nothing else in it that could be spoilt.
folder() {
    [ -d "$2" ] || die "$1: there is no folder $(shown "$2")"
    real "$2"
    for held in "$path"/* "$path"/.[!.]* "$path"/..?*; do
        [ -e "$held" ] || [ -L "$held" ] || continue
        if [ -L "$held" ] || [ ! -f "$held" ] || { [ -s "$held" ] && [ "$(head -c 8 "$held" | od -An -tx1)" != ' 89 48 56 53 4e 41 50 0a' ]; }; then
            die "$1: with --jail it takes a folder that holds snapshots alone, since everything in it can be overwritten; $(shown "$held") is none"
        fi
    done
    writable=$writable$path$LINE
}

# Of the arguments, which are taken from the front and put behind again, what is the jail's; file names become absolute.
jailed='' network=--unshare-net filter=filter readable='' writable='' devices='--dev-bind-try /dev/kvm /dev/kvm' adapter=''
left=$#
while [ "$left" -gt 0 ]; do
    word=$1 name=${1%%=*} value=
    shift
    left=$((left - 1))
    case $word in
    --jail) jailed=1 && continue ;;
    --jail-net) network= filter=filter-net && continue ;;
    --*=*) value=${word#*=} ;;
    --console | --vmbus) set -- "$@" "$word" && continue ;;
    --*)
        # Without its value, or unknown: the run says so.
        [ "$left" -gt 0 ] || { set -- "$@" "$word" && continue; }
        value=$1
        shift
        left=$((left - 1))
        ;;
    *) set -- "$@" "$word" && continue ;;
    esac
    case $name in
    --kernel | --initrd | --restore) file "$name" "$value" && value=$path ;;
    --disk)
        # A file, with what is said of it behind commas; with readonly it is not written. A server is reached with --jail-net.
        case $value in
        nbd:* | nbd+*) ;;
        *)
            target=${value%%,*}
            file --disk "$target"
            case $value, in *,readonly,*) ;; *) readable=${readable%"$path$LINE"} writable=$writable$path$LINE ;; esac
            value=$path${value#"$target"}
            ;;
        esac
        ;;
    --cpu) case $value in @*) file --cpu "${value#@}" && value=@$path ;; esac ;;
    --save-at)
        target=${value#*=}
        case $value in
        *=?*) folder --save-at "$(dirname -- "$target")" && value=${value%%=*}=$path/$(basename -- "$target") ;;
        esac
        ;;
    --backend) [ "$value" != hosted ] || devices= ;;
    --net) adapter=1 ;;
    --device) case $value in netvsc | netvsc,*) adapter=1 ;; esac ;;
    --jail-save) folder --jail-save "$value" && continue ;;
    --jail-share)
        [ -e "$value" ] || die "--jail-share $(shown "$value"): there is no such file"
        real "$value" && readable=$readable$path$LINE && continue
        ;;
    esac
    set -- "$@" "$name" "$value"
done

IFS=$LINE
set -f
# shellcheck disable=SC2086
set -- $HV_LAUNCH run "$@"
[ -n "$jailed" ] || exec "$@"
[ -z "$adapter" ] || die "--net cannot be used with --jail, since what is behind it (passt, a TAP, a socket) is outside; leave one of the two out"
command -v bwrap >/dev/null || die "--jail needs bubblewrap, which is not installed: install the package bubblewrap"
# The same namespaces, to hear in one line if they are refused.
# shellcheck disable=SC2086
said=$(bwrap --unshare-user --unshare-ipc --unshare-pid --unshare-uts $network --cap-drop ALL --ro-bind / / --proc /proc --dev /dev true 2>&1) ||
    die "--jail cannot be had here: the kernel, or a sandbox around this one, refuses what bubblewrap needs ($(echo "$said" | tail -n 1)); allow unprivileged user namespaces, or run without --jail"

java=$(readlink -f -- "$1") || die "$1: there is no such file"
jdk=${java%/bin/*}
shift
set -- -- "$java" "$@"
# What follows is put in front of what is there: bubblewrap goes from left to right, and does what comes last here first.
[ -z "$writable" ] || last=$(printf %s "$writable" | tail -n 1)
# Root without capabilities is still the owner of settings in /proc.
set -- --remount-ro /proc --remount-ro /dev --remount-ro / --chdir "${last:-/}" "$@"
for path in $readable "${HERE%/*}" "$jdk"; do set -- --ro-bind "$path" "$path" "$@"; done
for path in $writable; do set -- --bind "$path" "$path" "$@"; done
if [ -z "$network" ]; then
    for path in /etc/resolv.conf /etc/hosts /etc/nsswitch.conf; do set -- --ro-bind-try "$path" "$path" "$@"; done
fi
# The libraries; and of programs those that ask and set the terminal.
for path in /usr/share/locale /usr/share/zoneinfo /usr/share/terminfo /usr/bin/stty /usr/bin/tty /usr/bin/test /usr/bin/infocmp \
    /etc/ld.so.cache /etc/localtime /etc/terminfo /sys/devices/system/cpu; do
    set -- --ro-bind-try "$path" "$path" "$@"
done
set +f
for path in /lib* /etc/java*; do
    if [ -L "$path" ]; then set -- --symlink "$(readlink -- "$path")" "$path" "$@"; elif [ -e "$path" ]; then set -- --ro-bind "$path" "$path" "$@"; fi
done
for path in /usr/lib*; do [ ! -d "$path" ] || set -- --ro-bind-try "$path" "$path" "$@"; done
set -f
for name in TERM LANG LC_ALL LC_CTYPE TZ NO_COLOR COLUMNS JDK_JAVA_OPTIONS; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- --setenv "$name" "$value" "$@"
done
IFS=' '
# shellcheck disable=SC2086
set -- --die-with-parent --unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try $network --hostname hv --cap-drop ALL \
    --clearenv --setenv PATH /usr/bin --setenv HOME /tmp --proc /proc --dev /dev $devices --tmpfs /dev/shm --tmpfs /tmp --seccomp 4 "$@"

# The process below bubblewrap's two, as seen from here: the JVM.
inside() {
    of=$bwrap
    for level in 1 2; do
        of=$(grep -lx "PPid:	$of" /proc/[0-9]*/status 2>/dev/null | sed -n '1s|/proc/\([0-9]*\)/.*|\1|p')
        [ -n "$of" ] || return 1
    done
    echo "$of"
}

# pass SIGNAL: to the JVM, or, while there is none, to bubblewrap, which takes everything with it.
pass() {
    set +f
    if jvm=$(inside); then kill -s "$1" "$jvm" 2>/dev/null; else kill -s KILL "$bwrap" 2>/dev/null; fi
}

# What a shell puts into the background does not hear of INT; unless this one was put there itself, it undoes that.
heard=--default-signal=INT,QUIT
grep -q '^SigIgn:.*[2367abef]$' "/proc/$$/status" && heard=--default-signal=QUIT
# These signals wait in bubblewrap, so that it does not end before the JVM has; the JVM takes them by itself. A terminal sends them to all.
for signal in INT TERM HUP; do
    # shellcheck disable=SC2064
    trap "pass $signal" "$signal"
done
exec 3<&0
env $heard --block-signal=INT,TERM,HUP bwrap "$@" <&3 3<&- 4<"$HERE/$filter" &
bwrap=$!
exec 3<&- </dev/null
while :; do
    wait "$bwrap"
    status=$?
    kill -0 "$bwrap" 2>/dev/null || exit "$status"
done
