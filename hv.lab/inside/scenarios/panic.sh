# A stock Linux that panics: what it says about it through the crash registers.
. /lab/functions.sh
linux lab=panic --on-crash stop
