# A stock Linux with VMBus goes on with another kernel, without its machine being reset, and the bus comes up again.
. /lab/functions.sh
mkdir -p /scratch/next/k
cp "$KERNEL" /scratch/next/k/vmlinuz
cat "$INITRD" "$DISK/lab/vmbus.gz" >/scratch/next/k/initrd
# An archive that is not compressed must be the first.
(cd /scratch/next && find k | cpio -o -H newc) >/scratch/initrd 2>/dev/null
cat "$INITRD" "$DISK/lab/vmbus.gz" >>/scratch/initrd
rm -r /scratch/next
INITRD=/scratch/initrd
started 'lab=kexec lab_load=yes lab_seconds=300' --vmbus
await 'lab: going on' 150 || exit 1
await 'lab: done vmbus' 200 || exit 1
await 'lab: tick 6 ' 60 || exit 1
echo 'hv:device' >&7
await 'heartbeat.*open' 30
from=$(uptime)
echo 'hv:shutdown' >&7
ended 90
status=$?
echo "lab: shutdown took $(since "$from") s"
exec 7>&-
finished
exit $status
