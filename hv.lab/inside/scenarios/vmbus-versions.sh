# A stock Linux takes its drivers for VMBus out and puts them in again, each time with another version of the protocol.
. /lab/functions.sh
with_modules vmbus
linux 'lab=versions lab_load=yes' --vmbus
