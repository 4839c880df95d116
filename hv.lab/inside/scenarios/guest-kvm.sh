# A stock Linux loads its own KVM.
. /lab/functions.sh
with_modules kvm
started 'lab=kvm lab_seconds=20'
await 'lab: tick 1 ' 120 || exit 1
echo 'hv:msr read 0x40000106' >&7
echo 'hv:msr read 0x40000107' >&7
await 'lab: done kvm' 60
status=$?
exec 7>&-
finished
exit $status
