# A stock Linux under hv: boots, uses what it found, switches itself off.
. /lab/functions.sh
linux lab=boot
