# Our own guest program on this machine's KVM.
. /lab/functions.sh
hv run --smp "$SMP"
