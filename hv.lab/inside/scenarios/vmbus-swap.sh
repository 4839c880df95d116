# The bus and each service on it are replaced again and again under a Linux guest, with their channels open.
. /lab/functions.sh
with_modules vmbus
started 'lab=storm lab_load=yes lab_seconds=60' --vmbus
await 'lab: tick 4 ' 120 || exit 1
echo 'hv:device' >&7
for round in 1 2 3 4 5 6 7 8 9 10; do
    for name in heartbeat shutdown timesync vmbus; do
        echo "hv:swap $name" >&7
    done
done
await 'lab: tick 50 ' 180 || exit 1
echo 'hv:device' >&7
await 'lab: done storm' 90
status=$?
exec 7>&-
finished
exit $status
