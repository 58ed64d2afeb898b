# uv and Node.js: used as they are when recent enough, else pinned ones in var/tools, an environment of their own.
# Only what is used of it is linked into var/tools/use, which goes on PATH: its python must not hide the system's.

UV_LEAST=0.5
NODE_LEAST=18

UV="" # absolute path, set by find_uv

# at_least VERSION LEAST
at_least() { printf '%s\n%s\n' "$2" "$1" | sort -V -C; }

tools_environment() {
  [[ -x var/tools/bin/pip ]] || step tools "making var/tools, an environment for set-up's own tools" \
    python3 -m venv --clear var/tools
}

use_tool() {
  local name
  mkdir -p var/tools/use
  for name; do ln -sfn "../bin/$name" "var/tools/use/$name"; done
  [[ ":$PATH:" == *":$PWD/var/tools/use:"* ]] || export PATH="$PWD/var/tools/use:$PATH"
}

find_uv() {
  local version
  if has_command uv && version="$(uv --version 2> /dev/null | awk '{print $2}')" && [[ -n "$version" ]] \
    && at_least "$version" "$UV_LEAST"; then
    UV="$(command -v uv)"
  else
    tools_environment
    [[ -x var/tools/bin/uv ]] || step uv "installing uv" \
      var/tools/bin/pip install --disable-pip-version-check --require-hashes -r scripts/setup/uv.txt
    use_tool uv
    UV="$PWD/var/tools/use/uv"
  fi
}

find_node() {
  local version
  if has_command npm && version="$(node --version 2> /dev/null)" && at_least "${version#v}" "$NODE_LEAST"; then
    return 0
  fi
  tools_environment
  [[ -x var/tools/bin/npm ]] || step node "installing Node.js (none of version $NODE_LEAST or later is here)" \
    var/tools/bin/pip install --disable-pip-version-check --require-hashes -r scripts/setup/node.txt
  use_tool node npm npx
}

# python_of VERSION [PREFERRED]: an interpreter of this version here, by its own path (pyenv's shims resolved); fails when none.
python_of() {
  local version="$1" candidate found
  for candidate in "${2:-}" $(type -ap "python$version" python3 python || true) \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python; do
    [[ -n "$candidate" && -x "$candidate" ]] || continue
    found="$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2], sys._base_executable)' 2> /dev/null)" || continue
    if [[ "$found" == "$version "* ]]; then
      echo "${found#* }"
      return 0
    fi
  done
  return 1
}
