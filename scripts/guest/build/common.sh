# shellcheck shell=bash disable=SC2154 # build-guest sets guest_dir, work_dir, cache_dir
# What every image needs: messages, packages, the cache key, reproducible archives and volumes.
# Sourced by scripts/build-guest.

export LC_ALL=C TZ=UTC PATH=$PATH:/usr/sbin:/sbin
export SOURCE_DATE_EPOCH=1700000000
# e2fsprogs' own name for the same thing.
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH

progress() { echo "build-guest: $*" >&2; }

die() {
  echo "build-guest: error: $1" >&2
  echo "build-guest: hint: $2" >&2
  exit 1
}

require_tools() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] || die "not installed: ${missing[*]}" "run scripts/install-deps --guest"
}

# The packages "$@", and below them the kernels and shared libraries they depend on. Other dependencies (perl, dpkg)
# are not followed: they hold nothing that a program of these needs in a guest.
with_libraries() {
  apt-cache depends --recurse --important "$@" | awk -v roots="$*" '
    function visit(package,   count, names, i) {
      if (package in done) return
      done[package] = 1
      print package
      count = split(needs[package], names, " ")
      for (i = 1; i <= count; ++i) if (names[i] ~ /^(lib|linux-image-)/) visit(names[i])
    }
    /^[^ ]/ { package = $1 }
    /Depends: [^<]/ { needs[package] = needs[package] " " $NF }
    END { count = split(roots, names, " "); for (i = 1; i <= count; ++i) visit(names[i]) }'
}

# "SHA256 PACKAGE FILE" for each package's candidate version.
describe_packages() {
  apt-cache show --no-all-versions "$@" 2>/dev/null |
    awk -F': ' '$1 == "Package" { name = $2 } $1 == "Filename" { sub(/.*\//, "", $2); file = $2 }
      $1 == "SHA256" { sum = $2 } NF == 0 && sum { print sum, name, file; sum = "" }
      END { if (sum) print sum, name, file }' | sort -u
}

# Leaves each package of a describe_packages list (stdin) in the cache directory, as FILE of that list.
download_packages() {
  local sum name file wanted=()
  mkdir -p "$cache_dir"
  while read -r sum name file; do
    echo "$sum  $cache_dir/$file" | sha256sum --check --status 2>/dev/null || wanted+=("$name")
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  progress "downloading ${#wanted[@]} packages to $cache_dir"
  (cd "$work_dir" && mkdir download && cd download &&
    apt-get download -q -o APT::Sandbox::User="$(id -un)" "${wanted[@]}" >&2) ||
    die "apt-get download failed" "check the network and /etc/apt/sources.list; as root run apt-get update"
  move_downloads
}

# apt writes a version's ":" as %3a; describe_packages' names come from the archive, which leaves the epoch out.
move_downloads() {
  local path name
  for path in "$work_dir"/download/*.deb; do
    name=${path##*/}
    mv "$path" "$cache_dir/${name/_*%3a/_}"
  done
}

# unpack_packages DIR: downloads and unpacks the packages of a describe_packages list (stdin).
unpack_packages() {
  local directory=$1 file
  cat >"$work_dir/unpack-list"
  download_packages <"$work_dir/unpack-list"
  progress "unpacking"
  mkdir "$directory"
  while read -r _ _ file; do
    dpkg-deb -x "$cache_dir/$file" "$directory" || die "cannot unpack $cache_dir/$file" "remove it and run again"
  done <"$work_dir/unpack-list"
  merge_usr "$directory"
}

# Older packages keep files in /bin, newer ones in /usr/bin: here both names lead to all of them.
merge_usr() {
  local part
  for part in bin sbin lib lib64; do
    mkdir -p "$1/$part" "$1/usr/$part"
    cp -a "$1/$part/." "$1/usr/$part/"
    rm -r "${1:?}/$part"
    ln -s "usr/$part" "$1/$part"
  done
}

# Prints the modules named in "$@" and what they need below a module directory $1, in loading order.
module_order() {
  local directory=$1
  shift
  awk -v wanted="$*" '
    function visit(path,   count, parts, i) {
      if (path in done) return
      done[path] = 1
      count = split(needs[path], parts, " ")
      for (i = 1; i <= count; ++i) visit(parts[i])
      print path
    }
    FILENAME ~ /builtin$/ { builtin[base($0)] = 1; next }
    { path = $1; sub(/:$/, "", path); $1 = ""; needs[path] = $0; found[base(path)] = path }
    function base(path) { sub(/.*\//, "", path); sub(/\.ko(\.xz|\.zst)?$/, "", path); return path }
    END {
      count = split(wanted, names, " ")
      for (i = 1; i <= count; ++i) {
        if (names[i] in found) visit(found[names[i]])
        else if (!(names[i] in builtin)) { print "no module " names[i] > "/dev/stderr"; exit 1 }
      }
    }' "$directory/modules.builtin" "$directory/modules.dep"
}

# install_modules KERNEL_TREE ROOT NAMES…: copies modules to ROOT/lib/modules and writes ROOT/etc/modules.
install_modules() {
  local tree=$1 root=$2 directory path
  shift 2
  directory=$(echo "$tree"/lib/modules/*)
  depmod -b "$tree" "${directory##*/}"
  mkdir -p "$root/lib/modules" "$root/etc"
  module_order "$directory" "$@" >"$work_dir/modules" ||
    die "the kernel lacks a module" "see the line above; scripts/guest/build names the modules"
  while read -r path; do
    install_module "$directory/$path" "$root/lib/modules"
  done <"$work_dir/modules" >"$root/etc/modules"
}

# install_module FILE DIRECTORY: as it is loaded, uncompressed; prints its name.
install_module() {
  local name=${1##*/}
  case $name in
    *.xz) xz --decompress --stdout "$1" >"$2/${name%.xz}" ;;
    *.zst) zstd --quiet --decompress --stdout "$1" >"$2/${name%.zst}" ;;
    *) cp "$1" "$2/" ;;
  esac
  name=${name%.xz}
  echo "${name%.zst}"
}

set_times() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# make_initramfs ROOT FILE
make_initramfs() {
  set_times "$1"
  (cd "$1" && find . -print0 | sort -z |
    cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) |
    zstd -q -19 -T1 -o "$2" -f
}

compile_notes() {
  "${CC:-cc}" -std=gnu11 -Os -Wall -Wextra -static -s -Wl,--build-id=none -o "$1" "$guest_dir/apps/notes.c"
}

install_apps() {
  mkdir -p "$1/usr/bin"
  install -m 0755 "$guest_dir/apps/sheet" "$guest_dir/apps/player" "$1/usr/bin/"
  compile_notes "$1/usr/bin/notes"
}

# write_manifest DIR MEMORY_MIB [FIELD]: lib/fleet/image.hpp describes it. Memory that is plugged in goes to where it
# can be taken back from; swiotlb: a guest that may grow past 4 GiB else sets 64 MiB aside for bounce buffers.
write_manifest() {
  cat >"$1/image.json" <<JSON
{
  "version": 1,
  "kernel": "vmlinuz",
  "initrd": "initrd.img",
  "cmdline": "console=ttyS0 quiet cryptomgr.notests audit=0 random.trust_cpu=on memhp_default_state=online_movable swiotlb=1024 panic=-1",
  ${3:-}
  "persona_volume": "persona.qcow2",
  "minimum_memory_mib": $2
}
JSON
}
