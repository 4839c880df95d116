# The tests of the workspace that need /dev/kvm.
. /lab/functions.sh
tests=$DISK/tests
classes=
for folder in "$tests"/classes/*; do
    classes=$classes${classes:+:}$folder
done
# shellcheck disable=SC2046
"$DISK/jre/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m -Djava.io.tmpdir=/scratch \
    -cp "$classes:$tests/lab.jar:$tests/lib/*:$DISK/hv/bundles/*:$DISK/hv/lib/*" hv.lab.junit.InsideTests $(echo "$classes" | tr : ' ')
