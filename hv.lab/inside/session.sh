# Runs the scenario $SCENARIO for $LIMIT seconds at most, framed by markers that the program outside reads. Serial line 2 shows that this machine
# is alive.
. /lab/settings
while :; do
    echo . >/dev/ttyS1
    sleep 5
done &
uptime() { cut -d' ' -f1 /proc/uptime; }
# guard SECONDS PROCESS: ends it with status 137 when its time is over. A JVM says first what its threads are doing.
guard() {
    sleep "$1"
    echo
    echo "lab: the time of $1 seconds is over"
    killall -q -QUIT java
    sleep 5
    kill -9 "$2"
}
from=$(uptime)
echo
echo "@@ begin $SCENARIO"
sh "/lab/$SCENARIO.sh" </dev/null 2>&1 &
script=$!
guard "$LIMIT" $script &
guard=$!
wait $script
status=$?
kill $guard
# What a scenario that was cut off has left.
killall -q -9 java loader
echo
echo "@@ end $SCENARIO $status $(awk "BEGIN { print $(uptime) - $from }")"
