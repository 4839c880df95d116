# A stock Linux with its own drivers for VMBus and for the services on it; at SIGTERM it powers itself off.
. /lab/functions.sh
with_modules vmbus
started 'lab=vmbus lab_load=yes lab_seconds=300' --vmbus --on-sigterm shutdown
await 'lab: done vmbus' 150 || exit 1
# Some heartbeats.
await 'lab: tick 6 ' 60 || exit 1
echo 'hv:device' >&7
await 'heartbeat.*open' 30
kill -TERM "$HV"
ended 90
status=$?
exec 7>&-
finished
exit $status
