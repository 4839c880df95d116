# Runs the scenarios one after the other, each framed by markers that the program outside reads. $SCENARIOS has words NAME:LIMIT, the limit in
# seconds. Serial line 2 shows that this machine is alive.
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
for word in $SCENARIOS; do
    name=${word%:*}
    from=$(uptime)
    echo
    echo "@@ begin $name"
    sh "/lab/$name.sh" </dev/null 2>&1 &
    script=$!
    guard "${word#*:}" $script &
    guard=$!
    wait $script
    status=$?
    kill $guard
    # What a scenario that was cut off has left.
    killall -q -9 java loader
    rm -rf /scratch/*
    echo
    echo "@@ end $name $status $(awk "BEGIN { print $(uptime) - $from }")"
done
