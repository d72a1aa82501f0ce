#!/bin/bash
# format.sh SOURCE: every tracked C++ file stands as .clang-format wants it.
set -eu
cd "$1"
# Versions differ in what they want; .clang-format was written for Debian 12's.
if ! clang-format --version | grep -q 'version 14\.'; then
  echo "skipped: $(clang-format --version) is not version 14"
  exit 0
fi
git ls-files -z -- '*.cpp' '*.hpp' | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 --no-run-if-empty clang-format --dry-run --Werror
