# Power cuts: the process of a guest is killed in a storm of writes that are flushed, and what the guest was told is durable has to be in the
# file.
. /lab/functions.sh
with_modules disk
for round in 1 2 3 4 5 6 7 8 9 10; do
    rm -f /scratch/cut.img
    truncate -s 4M /scratch/cut.img
    started 'lab=cut lab_load=yes' --vmbus --disk /scratch/cut.img
    await "lab: durable $((round * 7))" 200 || exit 1
    kill -9 "$HV"
    exec 7>&-
    finished
    last=$(tr -d '\r' <"$OUT" | sed -n 's/^.*lab: durable \([0-9]*\)$/\1/p' | tail -n 1)
    lost=0
    number=$((last > 1023 ? last - 1022 : 1))
    while [ $number -le "$last" ]; do
        found=$(dd if=/scratch/cut.img bs=4096 skip=$((number % 1024)) count=1 2>/dev/null | tr '\0' '\n' | head -n 1)
        case $found in "record $number") ;; "record "*) [ "${found#record }" -gt "$number" ] || lost=$((lost + 1)) ;; *) lost=$((lost + 1)) ;; esac
        number=$((number + 1))
    done
    echo
    echo "lab: cut $round durable $last lost $lost"
done
