# For the scripts of scenarios.
. /lab/settings

# What the Linux guest's kernel is told in all scenarios. Its log is shown in the end, when nobody waits for the slow console.
# noxsave: the emulator loses the state of XCR0 between a nested guest and its host (QEMU 7.2), under KVM's own Hyper-V code as well: guests
# with XSAVE then die of "bad frame in rt_sigreturn", and programs beside them of damaged vector registers.
LINE='console=ttyS0 quiet panic=-1 reboot=t noxsave'
KERNEL=$DISK/lab/vmlinuz
INITRD=$DISK/lab/guest.gz
MEMORY_MIB=256

# hv ARGS: what ./hv does outside.
hv() {
    "$DISK/jre/bin/java" $JAVA_FLAGS -XX:AOTCache="$DISK/hv/hv.aot" -jar "$DISK/hv/hv.jar" "$@"
}

# linux WORDS [OPTIONS]: the Linux guest on hv, with more words for its kernel.
linux() {
    words=$1
    shift
    hv run --kernel "$KERNEL" --initrd "$INITRD" --append "$LINE $words" --smp "$SMP" --memory "${MEMORY_MIB}M" "$@"
}

# await PATTERN SECONDS: until it stands in $OUT.
await() {
    tries=$(($2 * 2))
    until grep -q "$1" "$OUT"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "lab: no '$1' within $2 seconds"; return 1; }
        usleep 500000
    done
}

# asked COMMAND PATTERN SECONDS: types it again and again, every 5 seconds, until the pattern stands in what is printed from now on.
asked() {
    mark=$(($(wc -c <"$OUT") + 1))
    tries=$(($3 * 2))
    until tail -c "+$mark" "$OUT" | grep -q "$2"; do
        [ $((tries % 10)) != 0 ] || echo "$1" >&7
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "lab: no '$2' within $3 seconds"; return 1; }
        usleep 500000
    done
}

# step NAME: has the Linux guest with the daemons do a step, and waits for it.
step() {
    asked "hv:kvp set step $1" "lab: step $1" 40
}

# Level 1's clock in seconds, which goes as the guest's does.
uptime() { cut -d' ' -f1 /proc/uptime; }
since() { awk "BEGIN { printf \"%.1f\", $(uptime) - $1 }"; }

# with_modules NAME: those of an archive behind the guest's own, so that other boots do not have to unpack them.
with_modules() {
    cat "$DISK/lab/guest.gz" "$DISK/lab/$1.gz" >/scratch/initrd
    INITRD=/scratch/initrd
}

# background COMMAND: in the background, with a console that takes what is written to file descriptor 7. All that it prints goes to $OUT and,
# as it comes, to where this script prints. $HV is the process.
background() {
    OUT=/scratch/out
    : >"$OUT"
    [ -p /scratch/console ] || mkfifo /scratch/console
    "$@" --console </scratch/console >>"$OUT" 2>&1 &
    exec 7>/scratch/console
    tail -f "$OUT" &
    FOLLOWER=$!
    HV=$(sleep 1; pidof java)
}

# started WORDS [OPTIONS]: the Linux guest in the background.
started() { background linux "$@"; }

# saved FILE: the guest in the background, by its console.
saved() {
    echo "hv:save $1" >&7
    tries=120
    until [ -f "$1" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "lab: nothing was saved"; return 1; }
        usleep 500000
    done
}

# ended SECONDS: waits for the end of $HV.
ended() {
    tries=$(($1 * 2))
    while kill -0 "$HV" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "lab: hv does not end within $1 seconds"; return 1; }
        usleep 500000
    done
}

# What was printed has arrived.
finished() {
    sleep 1
    kill "$FOLLOWER"
}
