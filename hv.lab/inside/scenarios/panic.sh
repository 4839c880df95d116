# A stock Linux that panics: what it says about it through the crash registers, on the console and to who asks. It stays in its panic.
. /lab/functions.sh
started 'lab=panic panic=0'
await 'Guest crashed' 120 || exit 1
echo 'hv:crash' >&7
await 'Z  *[0-9]*  *[0-9]*  *0x' 60
status=$?
exec 7>&-
finished
exit $status
