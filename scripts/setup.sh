#!/usr/bin/env bash
# Sets the project up on a fresh Debian or Ubuntu (x86-64), as root or with sudo. Safe to repeat: each step keeps a
# stamp of its inputs under var/setup/ and is skipped while they are unchanged.
#
#   scripts/setup.sh         what `make run` needs
#   scripts/setup.sh check   what `make check` needs: all of the tests' things, but for the training
#   scripts/setup.sh test    what `make test` needs
#   scripts/setup.sh --list  the Debian packages still missing for both
#   scripts/setup.sh --browser  the browser that the tests use
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8 PYTHONUTF8=1 RASA_TELEMETRY_ENABLED=false
# Packages are compiled where they are installed. Left to the first start, it is made slow by it, and every start where
# the service may not write here or PYTHONDONTWRITEBYTECODE is set: half of a start's time is compiling then.
export UV_COMPILE_BYTECODE=1

for part in report machine tools products; do
  # shellcheck source=/dev/null
  source "scripts/setup/$part.sh"
done

purpose="${1:-run}"
case "$purpose" in
  run | check | test) ;;
  --list) missing_packages test; exit 0 ;;
  --browser) find_browser; exit ;;
  *) fail "usage: scripts/setup.sh [run|check|test|--list], not '$purpose'" "사용법: scripts/setup.sh [run|check|test|--list]" ;;
esac

mkdir -p var/setup/log
exec 9> var/setup/lock
if ! flock -n 9; then
  say "another set-up is running; waiting for it (다른 설치가 끝나기를 기다립니다)"
  flock 9
fi

check_machine
check_disk
install_packages "$([[ "$purpose" == run ]] && echo run || echo test)"
find_uv
app_environment
our_bytecode
rasa_environment
find_node
screen_libraries
map_of_seoul
verify_models
[[ "$purpose" == run ]] || test_browser
[[ "$purpose" == check ]] || trained_model
