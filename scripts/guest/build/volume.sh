# shellcheck shell=bash disable=SC2154 # build-guest sets guest_dir, work_dir, cache_dir
# ext4 volumes from directories, without mounting. Sourced by scripts/build-guest.

# Sets what mke2fs -d takes from the running system: the inodes' change and access times.
set_inode_times() {
  local raw=$1 root=$2 field
  (cd "$root" && find . -mindepth 1 -printf '/%P\n') | while IFS= read -r path; do
    for field in ctime atime; do
      echo "set_inode_field \"$path\" $field @$SOURCE_DATE_EPOCH"
    done
  done >"$work_dir/times"
  debugfs -w -f "$work_dir/times" "$raw" >"$work_dir/debugfs.log" 2>&1 ||
    die "debugfs failed on $raw" "see its output: $(tail -1 "$work_dir/debugfs.log")"
}

# make_volume ROOT LABEL UUID SIZE RAW: run with_owners, so that ROOT's owners are what was set there.
make_volume() {
  local root=$1 label=$2 uuid=$3 size=$4 raw=$5
  truncate -s "$size" "$raw"
  mke2fs -q -t ext4 -d "$root" -L "$label" -U "$uuid" -m 0 -J size=4 \
    -E "hash_seed=$uuid,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0" "$raw" ||
    die "mke2fs cannot make the $label volume" "is there space in $work_dir?"
  set_inode_times "$raw" "$root"
}

# Every user's home, as the persona volume's root.
fill_homes() {
  local root=$1 name id
  while IFS=: read -r name _ id _; do
    if [ "$id" -lt 1000 ] || [ "$id" -ge 60000 ]; then continue; fi
    cp -r "$guest_dir/skel" "$root/$name"
    chmod -R u=rwX,go= "$root/$name"
    chown -R "$id:$id" "$root/$name"
  done <"$guest_dir/tiny/etc/passwd"
  chmod 0755 "$root"
  set_times "$root"
}

# Runs one of these functions as if by root, so that it can give files owners.
with_owners() {
  export guest_dir work_dir
  # shellcheck disable=SC2016 # expanded by the inner shell
  fakeroot bash -euo pipefail -c '
    for part in "$guest_dir"/build/*.sh; do . "$part"; done
    "$@"' bash "$@"
}

homes_volume() {
  fill_homes "$work_dir/homes"
  make_volume "$work_dir/homes" persona 6d0b1f2e-7c55-4a39-9d7e-0d5a3c1e0001 512M "$1"
}

make_persona_volume() {
  local raw=$work_dir/persona.raw
  progress "making the persona volume"
  mkdir "$work_dir/homes"
  with_owners homes_volume "$raw"
  qemu-img convert -m 1 -f raw -O qcow2 "$raw" "$1"
  rm "$raw"
}
