# A stock Linux with Debian's own programs for key-value pairs and for freezing. The host reads what the guest tells of itself, gives it values,
# saves it while a program writes to a file system, and loses and stalls the program that freezes. What is said of steps is a value that the host
# gives the guest.
. /lab/functions.sh
with_modules daemons
DEVICES='--vmbus --device kvp,adapters=00:15:5D:00:00:07 --device vss'
# shellcheck disable=SC2086
started 'lab=daemons lab_load=yes lab_seconds=400' $DEVICES
await 'lab: ready daemons' 200 || exit 1
asked hv:kvp '^OSName\|g! OSName' 60
asked 'hv:kvp set given web' 'lab: given web' 30
step frozen
echo "hv:save /scratch/guest" >&7
await 'saved partition .* to /scratch/guest,' 90
step late
echo 'hv:freeze 1 --most 4' >&7
await 'is frozen, for 4 s' 30
sleep 6
echo 'hv:device' >&7
step dead
echo 'hv:freeze 1 --most 8' >&7
await 'is frozen, for 8 s' 30
step die
sleep 8
step again
asked hv:device 'frozen=no' 60
step stop
echo "hv:save /scratch/stalled --memory off" >&7
await 'saved partition .* to /scratch/stalled,' 90
step go
sleep 2
step end
await 'lab: done daemons' 30
echo 'hv:device' >&7
from=$(uptime)
echo 'hv:shutdown' >&7
ended 90
status=$?
echo "lab: shutdown took $(since "$from") s"
exec 7>&-
finished
rm -f /scratch/stalled
# shellcheck disable=SC2086
background hv run --restore /scratch/guest $DEVICES
echo "lab: elsewhere"
await 'lab: held' 90
step end
await 'lab: done daemons' 60
from=$(uptime)
echo 'hv:shutdown' >&7
ended 90 || status=1
echo "lab: shutdown took $(since "$from") s"
exec 7>&-
finished
exit $status
