# A stock Linux guest moves data in both directions over its network adapter, whose bundle is replaced every 200 ms meanwhile. The other end is
# a TAP of this machine: its own kernel answers, and takes nothing whose sums are wrong.
. /lab/functions.sh
with_modules net
tunctl -t tap0 >/dev/null || { echo "lab: no TAP"; exit 1; }
ip address add 10.9.0.1/24 dev tap0
ip link set tap0 up
BYTES=6291456
dd if=/dev/urandom of=/scratch/data bs=65536 count=$((BYTES / 65536)) 2>/dev/null
echo "lab: sum sent $(md5sum </scratch/data | cut -d' ' -f1)"
httpd -p 5001 -h /scratch
# What they send nothing with stays open: a nc that hears the end of the other side, or of its own input, does not wait for the rest.
for port in 6001 6002; do
    { sleep 1000 | nc -l -p $port | md5sum | sed "s/ .*//; s/^/lab: sum arrived $port /"; } &
done
started 'lab=net lab_load=yes' --vmbus --net tap=tap0,mac=52:54:00:09:00:02
await 'lab: module hv_netvsc' 150 || exit 1
rounds=0
until grep -q 'lab: done net' "$OUT" || [ $rounds = 900 ]; do
    echo 'hv:swap net0' >&7
    usleep 200000
    rounds=$((rounds + 1))
done
echo 'hv:net' >&7
await 'lab: done net' 120
status=$?
ip -s link show tap0
exec 7>&-
finished
exit $status
