#!/bin/sh
# Builds the example with javac and jar alone: build.sh FOLDER-WITH-HV'S-JARS vmm.jar
set -eu
here=$(cd "$(dirname "$0")" && pwd)
jars=$1 out=$2
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
"${bin}javac" --release 17 -Xlint:all -Werror -p "$jars/hv.api.jar" -d "$classes" \
    "$here"/src/module-info.java "$here"/src/example/vmm/*.java
cp -R "$here/bundle/OSGI-INF" "$classes"
"${bin}jar" -c -f "$out" -e example.vmm.Main -m "$here/bundle/MANIFEST.MF" -C "$classes" .
