# Enlightenments are replaced again and again under a Linux guest that uses all of them.
. /lab/functions.sh
started 'lab=storm lab_seconds=45'
await 'lab: tick 1 ' 60 || exit 1
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    for name in tlbflush ipi stimer time; do
        echo "hv:swap $name" >&7
    done
done
await 'lab: done storm' 180
status=$?
exec 7>&-
finished
exit $status
