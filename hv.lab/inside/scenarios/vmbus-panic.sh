# A stock Linux with VMBus panics: it lets go of the bus first, and does not go on before the host has said that it may.
. /lab/functions.sh
with_modules vmbus
linux 'lab=panic lab_load=yes' --vmbus --on-crash stop
echo "lab: hv ended"
