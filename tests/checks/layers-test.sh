#!/bin/bash
# layers-test.sh SOURCE: layers.py must find each kind of forbidden line in a copy that has one.
set -eu
source=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/cmd"
touch "$copy/cmd/a.cpp"
cp -r "$source/lib" "$copy/lib"

expect() {  # expect FILE LINE MESSAGE
  local said
  cp "$copy/$1" "$copy/saved"
  echo "$2" >> "$copy/$1"
  if said=$(/usr/bin/python3 "$source/tests/checks/layers.py" "$copy" 2>&1); then
    echo "'$2' in $1 was not found" >&2
    exit 1
  fi
  grep -qF -- "$3" <<< "$said" || { echo "expected '$3', got: $said" >&2; exit 1; }
  mv "$copy/saved" "$copy/$1"
}

expect lib/base/text.cpp '#include "domain/instance.hpp"' 'base may not include domain/instance.hpp'
expect lib/plan/price.cpp '#include "state/store.hpp"' 'plan may not include state/store.hpp'
expect lib/state/store.cpp '#include <sqlite3.h>' 'only base may include <sqlite3.h>'
expect cmd/a.cpp '#include <libvirt/libvirt.h>' 'only fleet may include <libvirt/libvirt.h>'
expect lib/plan/price.cpp '#include <openssl/evp.h>' 'only base and snapshot may include <openssl/evp.h>'
expect lib/base/text.cpp '#include <openssl/kdf.h>' 'only snapshot may include <openssl/kdf.h>'
expect lib/layers.txt 'new: base' "lists ['new']"
expect lib/layers.txt 'base: operation2' 'base names operation2'
