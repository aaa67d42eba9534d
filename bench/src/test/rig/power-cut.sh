#!/usr/bin/env bash
# Power cuts of a real ext4: the child of kill-loop works on a file system whose disk logs every
# write and flush; from the log, disks are made as cuts at random moments may leave them, and each is
# mounted, recovered, and judged by what the child had promised before the cut.
#
#   power-cut.sh [--images N] [--seconds S] [--seed X] [--no-fsync] PEREGRINE_JAR
#
# --no-fsync makes the child's fsync and fdatasync do nothing: then promises must be found broken, or
# the rig proves nothing. Needs root, a JDK 25 as `java`, gcc, loop devices, FUSE, and the packages
# nbdkit nbdkit-plugin-dev libnbd-bin fuse3 (and strace for --no-fsync).
# The exit code is 0 if no image broke a promise; with --no-fsync, if at least one did.
set -euo pipefail

images=100 seconds=10 seed=$RANDOM fsync=1
while [[ $# -gt 1 ]]; do
  case $1 in
    --images) images=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --no-fsync) fsync=0; shift ;;
    *) echo "what is $1?" >&2; exit 2 ;;
  esac
done
[[ $# -eq 1 && -f $1 ]] || { sed -n 's/^#   //p' "$0" >&2; exit 2; }
[[ $EUID -eq 0 ]] || { echo "power-cut.sh mounts file systems: run it as root" >&2; exit 2; }
jar=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
plan=(LONG_TO_BYTES "$seed" 3 3000 500 AUTO)
work=$(mktemp -d)
loop='' kit='' fuse='' child=''

# The rings of a process that is gone hold its files for a moment.
unmount() {
  for _ in {1..100}; do
    ! mountpoint -q "$1" || umount "$1" 2>/dev/null || { sleep 0.2; continue; }
    return 0
  done
  echo "$1 can't be unmounted" >&2
  return 1
}

finish() {
  set +e
  [[ -n $child ]] && kill -9 "$child" 2>/dev/null
  unmount "$work/disk" || exit 1
  [[ -n $loop ]] && losetup -d "$loop"
  unmount "$work/nbd.img"
  [[ -n $fuse ]] && kill "$fuse" 2>/dev/null
  [[ -n $kit ]] && kill "$kit" 2>/dev/null
  wait 2>/dev/null
  rm -rf --one-file-system "$work"
}
trap finish EXIT

gcc -Wall -Wextra -O2 -fPIC -shared -o "$work/writelog.so" "$here/writelog.c"
truncate -s 6G "$work/start.img"
mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$work/start.img"
cp --sparse=always "$work/start.img" "$work/now.img"
nbdkit --foreground --unix "$work/nbd.sock" "$work/writelog.so" \
  image="$work/now.img" log="$work/writes.log" &
kit=$!
while [[ ! -S $work/nbd.sock ]]; do sleep 0.1; done
touch "$work/nbd.img"
nbdfuse "$work/nbd.img" --unix "$work/nbd.sock" &
fuse=$!
while ! mountpoint -q "$work/nbd.img"; do sleep 0.1; done
mkdir "$work/disk"
loop=$(losetup --find --show "$work/nbd.img")
mount "$loop" "$work/disk"

traced=()
((fsync)) || traced=(strace -f -qq --seccomp-bpf -o /dev/null
  -e trace=fsync,fdatasync -e inject=fsync,fdatasync:retval=0)
: >"$work/said"
mkfifo "$work/hold" "$work/lines"
# Each line gets the time when it was read, which is after it was true.
while IFS= read -r line; do
  printf '%s %s\n' "$(date +%s%N)" "$line"
done <"$work/lines" >"$work/said" &
"${traced[@]}" java --enable-native-access=ALL-UNNAMED -Xmx256m -cp "$jar" \
  dev.peregrine.bench.KillChild "$work/disk/store" "$seed" ALL 0,0,0 "${plan[@]}" \
  <"$work/hold" >"$work/lines" &
child=$!
exec 9>"$work/hold"
until grep -q ' ready \.' "$work/said"; do
  kill -0 "$child" || { echo "the child has ended" >&2; exit 1; }
  sleep 0.2
done
from=$(date +%s%N)
sleep "$seconds"
until=$(date +%s%N)
# One that ended early (a full disk, say) was not at work at the moments of the cuts.
kill -0 "$child" 2>/dev/null || { tail -3 "$work/said" >&2; echo "the child has ended early" >&2; exit 1; }
exec 9>&-
kill -9 "$child" 2>/dev/null || true
wait "$child" 2>/dev/null || true
child=''
unmount "$work/disk"
losetup -d "$loop"
loop=''
echo "$(grep -c ' durable ' "$work/said") promises, $(stat -c %s "$work/writes.log") bytes of log"

broken=0
for ((i = 1; i <= images; i++)); do
  cp --sparse=always "$work/start.img" "$work/cut.img"
  java "$here/CutImage.java" "$work/cut.img" "$work/writes.log" "$((seed * 1000 + i))" \
    "$from" "$until" "$work/said" "$work/before"
  if mount -o loop "$work/cut.img" "$work/disk"; then
    java -jar "$jar" kill-judge "$work/disk/store" "$work/before" "${plan[@]}" 2>&1 ||
      broken=$((broken + 1))
    unmount "$work/disk"
  else
    echo "the file system can't be mounted"
    broken=$((broken + 1))
  fi
done
echo "seed $seed, fsync $fsync: $images images, $broken broke a promise"
((fsync ? broken == 0 : broken > 0))
