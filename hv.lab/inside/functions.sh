# For the scripts of scenarios.
. /lab/settings

# hv ARGS: what ./hv does outside.
hv() {
    "$DISK/jre/bin/java" $JAVA_FLAGS -XX:AOTCache="$DISK/hv/hv.aot" -jar "$DISK/hv/hv.jar" "$@"
}
