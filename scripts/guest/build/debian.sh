# shellcheck shell=bash disable=SC2154 # build-guest sets guest_dir, work_dir, cache_dir
# The Debian guest: systemd on a disk, started by a small initramfs of ours. Sourced by scripts/build-guest.

debian_includes=(systemd-sysv libpam-systemd udev dbus dbus-user-session kmod iproute2 procps qemu-guest-agent
  dconf-cli dconf-service less)
boot_modules=(virtio_pci virtio_blk ext4)

debian_tools() { echo depmod cpio zstd mke2fs debugfs qemu-img mmdebstrap; }

debian_is_there() { true; }

# Of the packages that mmdebstrap adds by itself, new versions are noticed only together with one of these.
debian_packages() {
  local names
  names=$(with_libraries linux-image-cloud-amd64 busybox-static "${debian_includes[@]}")
  # shellcheck disable=SC2086 # a list of names
  describe_packages $names
}

# The host's own sources of Debian packages, so that its mirrors are used, without those of others.
apt_sources() {
  # shellcheck disable=SC2016 # apt-get expands these
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Origin: Debian' 'Created-By: Packages' |
    sort -u
}

run_mmdebstrap() {
  local suite
  suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  apt_sources >"$work_dir/sources.list"
  # For an ordinary user, the new system's root is another of the user's ids.
  chmod 0755 "$work_dir"
  progress "installing a minimal Debian $suite (about a minute)"
  TMPDIR=$work_dir mmdebstrap --quiet --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --include="$(IFS=,; echo "${debian_includes[*]}")" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook="$guest_dir/build/debian-hook" \
    "$suite" "$work_dir/debian.tar" "$work_dir/sources.list" >&2 ||
    die "mmdebstrap failed" "see the lines above; an ordinary user needs user namespaces, newuidmap (package uidmap) and a range in /etc/subuid"
}

# Run with_owners: the disk's content from mmdebstrap's archive, the kernel's modules and our files.
debian_disk() {
  local root=$work_dir/disk
  tar --extract --file="$work_dir/debian.tar" --directory="$root" --exclude='./dev/*' --numeric-owner
  cp -r "$work_dir/packages/lib/modules" "$root/usr/lib/"
  cp -r "$guest_dir/debian/etc" "$guest_dir/debian/usr" "$root/"
  cp -r "$work_dir/apps/usr" "$root/"
  chown -R 0:0 "$root/usr/lib/modules" "$root/etc/fstab" "$root/etc/systemd" "$root/usr/bin/notes"
  set_times "$root"
  make_volume "$root" deskloom-root 6d0b1f2e-7c55-4a39-9d7e-0d5a3c1e0002 3G "$1"
}

make_debian_disk() {
  local raw=$work_dir/root.raw
  progress "making the disk"
  mkdir "$work_dir/disk"
  with_owners debian_disk "$raw"
  qemu-img convert -c -m 1 -f raw -O qcow2 "$raw" "$1"
  rm -r "$raw" "$work_dir/disk"
}

make_boot_initramfs() {
  local root=$work_dir/boot
  mkdir -p "$root"/{dev,proc,sys,root}
  install -m 0755 "$guest_dir/debian/initramfs/init" "$root/init"
  install_busybox "$work_dir/packages" "$root"
  install_modules "$work_dir/packages" "$root" "${boot_modules[@]}"
  make_initramfs "$root" "$1"
}

build_debian() {
  local output=$1
  grep -E ' (linux-image-|busybox-static )' "$work_dir/package-list" | unpack_packages "$work_dir/packages"
  run_mmdebstrap
  make_boot_initramfs "$output/initrd.img"
  install_apps "$work_dir/apps"
  make_debian_disk "$output/root.qcow2"
  make_persona_volume "$output/persona.qcow2"
  install -m 0644 "$work_dir"/packages/boot/vmlinuz-* "$output/vmlinuz"
  write_manifest "$output" 256 '"disk": "root.qcow2",'
}
