# A stock Linux takes its drivers for VMBus out and puts them in again, each time with another version of the protocol. It has no hv-stimer:
# hv_vmbus switches synthetic timers off when it is taken out, also those of direct mode, which do not need it, and nothing follows them
# (Linux 6.1, hv_stimer_global_cleanup).
. /lab/functions.sh
with_modules vmbus
linux 'lab=versions lab_load=yes' --vmbus --cpu hv-relaxed,hv-vpindex,hv-time,hv-synic,hv-runtime,hv-frequencies,hv-tlbflush,hv-ipi,hv-enforce-cpuid
