# A Linux guest with its root on a disk is saved while it writes and reads, its process is killed, and it goes on in another one.
. /lab/functions.sh
with_modules disk
for name in root data; do truncate -s 96M "/scratch/$name.img"; done
truncate -s 16M /scratch/more.img
started 'lab=disk lab_load=yes' --vmbus --disk /scratch/root.img,serial=root --disk /scratch/data.img
await 'lab: tick 2 ' 200 || exit 1
saved /scratch/guest || exit 1
kill -9 "$HV"
exec 7>&-
finished
echo
echo "lab: killed"
background hv run --restore /scratch/guest --vmbus --disk /scratch/root.img,serial=root --disk /scratch/data.img
await 'lab: run ended' 300 || exit 1
echo 'hv:disk attach /scratch/more.img' >&7
await 'lab: plugged 32768' 60
echo 'hv:disk resize 2 32M' >&7
await 'lab: done disk' 90
status=$?
exec 7>&-
finished
exit $status
