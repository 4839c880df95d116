# Devices are replaced under a stock Linux that uses them: by an update of their bundles, by newer bundles from files, and again and again by
# new objects, while the host gives values and presses keys, and a program writes to a file system that is frozen now and then.
. /lab/functions.sh
with_modules daemons
NEWER=$DISK/newer
started 'lab=daemons lab_load=yes lab_seconds=300' --vmbus --device kvp --device vss --device keyboard
await 'lab: ready daemons' 200 || exit 1
asked hv:kvp 'OSName' 60
# An update stops the bundle, which leaves its place vacant, and starts the newer one, which fills it.
for name in heartbeat timesync shutdown; do
    echo "felix:lb -s hv.$name" >&7
    await "|hv.$name (" 30
    id=$(grep "|hv.$name (" "$OUT" | tail -n 1 | tr -d ' ' | cut -d'|' -f1)
    echo "felix:update $id file:$NEWER/hv.$name.jar" >&7
    asked hv:device "hv.$name 0.1.1" 60
done
for name in kvp vss keyboard; do
    echo "hv:swap $name $NEWER/hv.$name.jar" >&7
done
number=0
for round in 1 2 3 4 5 6 7 8 9 10; do
    for name in kvp vss keyboard; do
        number=$((number + 1))
        echo "hv:kvp set counter $number" >&7
        echo "hv:key a b c" >&7
        echo "hv:swap $name" >&7
    done
    [ $((round % 3)) != 0 ] || echo 'hv:freeze 1 --most 1' >&7
done
echo 'hv:kvp set given last' >&7
await 'lab: given last' 120
step end
await 'lab: done daemons' 60
echo 'hv:device' >&7
echo 'hv:shutdown' >&7
ended 90
status=$?
exec 7>&-
finished
exit $status
