#!/bin/bash
# format.sh SOURCE: every tracked C++ file stands as .clang-format wants it.
set -eu
cd "$1"
git ls-files -z -- '*.cpp' '*.hpp' | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 --no-run-if-empty clang-format --dry-run --Werror
