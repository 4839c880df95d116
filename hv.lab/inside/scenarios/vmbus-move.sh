# A Linux guest with VMBus is saved in the middle of a storm, its process is killed, and it goes on in another one with its channels open.
. /lab/functions.sh
with_modules vmbus
started 'lab=storm lab_load=yes lab_seconds=40' --vmbus
await 'lab: tick 8 ' 120 || exit 1
echo 'hv:device' >&7
await 'heartbeat .*open' 30
saved /scratch/guest || exit 1
kill -9 "$HV"
exec 7>&-
finished
echo
echo "lab: killed"
background hv run --restore /scratch/guest --vmbus
await 'lab: tick 30 ' 150 || exit 1
echo 'hv:device' >&7
await 'lab: done storm' 90
status=$?
exec 7>&-
finished
exit $status
