# The same as in vmbus.sh with the kernel of a later release, which also takes the entropy that the host offers; the host ends it by a command.
. /lab/functions.sh
KERNEL=$DISK/lab/vmlinuz-newer
with_modules newer
started 'lab=vmbus lab_load=yes lab_seconds=300' --vmbus
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
