# A stock Linux has its root on a disk, and a program that writes and reads another one without cache, while what keeps both is replaced five
# times a second; then a third disk is plugged in, and becomes larger.
. /lab/functions.sh
with_modules disk
for name in root data more; do truncate -s 96M "/scratch/$name.img"; done
truncate -s 16M /scratch/more.img
started 'lab=disk lab_load=yes' --vmbus --disk /scratch/root.img,serial=root --disk /scratch/data.img
await 'lab: ready disk' 200 || exit 1
swaps=0
until grep -q 'lab: run ended' "$OUT" || [ $swaps = 2000 ]; do
    echo 'hv:swap storvsc' >&7
    swaps=$((swaps + 1))
    usleep 200000
done
echo "lab: swaps wished $swaps"
echo 'hv:disk attach /scratch/more.img' >&7
await 'lab: plugged 32768' 60
echo 'hv:disk resize 2 32M' >&7
await 'lab: done disk' 90
status=$?
echo 'hv:disk' >&7
ended 60
exec 7>&-
finished
exit $status
