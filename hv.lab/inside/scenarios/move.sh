# A Linux guest is saved in the middle of a storm, its process is killed, and it goes on in another one.
. /lab/functions.sh
started 'lab=storm lab_seconds=30'
await 'lab: tick 8 ' 90 || exit 1
echo 'hv:save /scratch/guest' >&7
tries=120
until [ -f /scratch/guest ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "lab: nothing was saved"; exit 1; }
    usleep 500000
done
kill -9 "$HV"
exec 7>&-
finished
echo
echo "lab: killed"
hv run --restore /scratch/guest
