# shellcheck shell=bash disable=SC2154 # build-guest sets guest_dir, work_dir, cache_dir
# The container guest: busybox and the homes, as an image of Podman's. Sourced by scripts/build-guest.

container_image=localhost/deskloom-tiny:1

container_tools() { echo podman tar; }

container_is_there() { podman image exists "$container_image"; }

container_packages() { describe_packages busybox-static; }

# Run with_owners: prints the root file system as an archive.
container_archive() {
  local root=$work_dir/root
  chmod 0600 "$root/etc/shadow"
  fill_homes "$root/home"
  chmod 1777 "$root/tmp"
  set_times "$root"
  tar --create --sort=name --numeric-owner --directory="$root" .
}

container_root() {
  local packages=$1 root=$2
  mkdir -p "$root"/{dev,proc,sys,tmp,run,home,root,etc,usr/bin,var/lib,var/log}
  ln -s ../run "$root/var/run"
  cp -r "$guest_dir"/tiny/etc/{group,hosts,passwd,profile,shadow,shells} "$root/etc/"
  cp "$guest_dir/tiny/usr/bin/dconf" "$root/usr/bin/"
  cp -r "$guest_dir"/container/. "$root/"
  install_busybox "$packages" "$root"
  install_apps "$root"
}

# The image that had the name before goes, unless a container still needs it.
import_image() {
  local old
  old=$(podman image inspect --format '{{.Id}}' "$container_image" 2>/dev/null) || old=
  with_owners container_archive |
    podman import --quiet --change 'CMD ["/sbin/init"]' \
      --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' - "$container_image" >&2 ||
    die "podman import failed" "see the lines above; 'podman info' says whether Podman works at all"
  [ -z "$old" ] || podman image rm "$old" >/dev/null 2>&1 || true
}

build_container() {
  local output=$1 packages=$work_dir/packages
  unpack_packages "$packages" <"$work_dir/package-list"
  container_root "$packages" "$work_dir/root"
  progress "importing $container_image"
  import_image
  cat >"$output/image.json" <<JSON
{
  "version": 1,
  "container": "$container_image",
  "network": "host",
  "minimum_memory_mib": 32
}
JSON
}
