# shellcheck shell=bash disable=SC2154 # build-guest sets guest_dir, work_dir, cache_dir
# The tiny guest: a Debian cloud kernel, busybox and the guest agent in one initramfs. Sourced by scripts/build-guest.

tiny_modules=(virtio_pci virtio_console virtio_blk virtio_net virtio_balloon virtio_mem ext4 evdev button)

tiny_tools() { echo depmod cpio zstd mke2fs debugfs qemu-img; }

# All that it is made of lies in its directory.
tiny_is_there() { true; }

tiny_packages() {
  local names
  names=$(with_libraries linux-image-cloud-amd64 busybox-static qemu-guest-agent)
  # shellcheck disable=SC2086 # a list of names
  describe_packages $names
}

# The agent's shared libraries, found by the guest's own loader.
install_agent() {
  local packages=$1 root=$2 libraries=$1/lib/x86_64-linux-gnu path
  install -D "$packages/usr/sbin/qemu-ga" "$root/usr/sbin/qemu-ga"
  mkdir -p "$root/lib/x86_64-linux-gnu" "$root/lib64"
  "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries:$packages/usr/lib/x86_64-linux-gnu" \
    --list "$packages/usr/sbin/qemu-ga" >"$work_dir/libraries"
  if grep 'not found' "$work_dir/libraries" >&2; then
    die "the agent's libraries are incomplete" "library_packages in scripts/guest/build/common.sh misses a package"
  fi
  sed -n 's/.*=> \([^ ]*\) .*/\1/p' "$work_dir/libraries" | while read -r path; do
    cp -L "$path" "$root/lib/x86_64-linux-gnu/"
  done
  cp -L "$libraries/ld-linux-x86-64.so.2" "$root/lib64/"
}

install_busybox() {
  local packages=$1 root=$2 applet
  install -D "$packages/bin/busybox" "$root/bin/busybox"
  "$root/bin/busybox" --list-full | while read -r applet; do
    mkdir -p "$root/${applet%/*}"
    [ -e "$root/$applet" ] || ln -s /bin/busybox "$root/$applet"
  done
}

tiny_root() {
  local packages=$1 root=$2
  mkdir -p "$root"/{dev,proc,sys,tmp,run,home,root,var/log}
  ln -s ../run "$root/var/run"
  cp -r "$guest_dir"/tiny/. "$root/"
  install_busybox "$packages" "$root"
  install_agent "$packages" "$root"
  install_modules "$packages" "$root" "${tiny_modules[@]}"
  install_apps "$root"
  chmod 0600 "$root/etc/shadow"
}

build_tiny() {
  local output=$1 packages=$work_dir/packages
  unpack_packages "$packages" <"$work_dir/package-list"
  tiny_root "$packages" "$work_dir/root"
  progress "making the initramfs"
  make_initramfs "$work_dir/root" "$output/initrd.img"
  install -m 0644 "$packages"/boot/vmlinuz-* "$output/vmlinuz"
  make_persona_volume "$output/persona.qcow2"
  write_manifest "$output" 128
}
