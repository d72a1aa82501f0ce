#!/bin/bash
# shell.sh SOURCE: shellcheck on every tracked script for sh or bash.
set -eu
cd "$1"
git grep -lzIE '^#!.*\b(ba)?sh\b' -- ':!*.md' | while IFS= read -r -d '' file; do
  if head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh\b'; then printf '%s\0' "$file"; fi
done | xargs -0 shellcheck --severity=warning --external-sources completions/deskloom.bash --shell=bash
