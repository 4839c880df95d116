# A Linux guest is saved in the middle of a storm, its process is killed, and it goes on in another one.
. /lab/functions.sh
started 'lab=storm lab_seconds=30'
await 'lab: tick 8 ' 90 || exit 1
saved /scratch/guest || exit 1
kill -9 "$HV"
exec 7>&-
finished
echo
echo "lab: killed"
hv run --restore /scratch/guest
