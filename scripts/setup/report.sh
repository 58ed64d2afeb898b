# What set-up says, and when a step may be skipped.

say() { printf 'setup: %s\n' "$*" >&2; }

# fail ENGLISH KOREAN: one line in each language, and the end.
fail() {
  printf 'setup: ERROR: %s\n' "$1" >&2
  printf '설치 오류: %s\n' "$2" >&2
  exit 1
}

# step NAME "WHAT" COMMAND...: runs it with its output in var/setup/log/NAME.log, and explains a failure.
step() {
  local name="$1" what="$2" log started
  shift 2
  log="var/setup/log/$name.log"
  started=$SECONDS
  say "$what"
  if ! "$@" > "$log" 2>&1 < /dev/null 9>&-; then
    tail -n 15 "$log" | sed 's/^/    /' >&2
    explain "$what" "$log"
  fi
  ((SECONDS - started < 3)) || say "  done in $((SECONDS - started)) s"
}

# explain WHAT LOG: the likely cause of a failed step, from what it wrote.
explain() {
  local what="$1" log="$2"
  if grep -qiE 'no space left|disk quota' "$log"; then
    fail "$what failed: the disk is full. Free some space and run the same command again." \
      "디스크가 가득 찼습니다. 공간을 확보한 뒤 같은 명령을 다시 실행하세요."
  elif grep -qiE 'hash(es)?( mismatch| do not match|.*tampered)|EINTEGRITY' "$log"; then
    fail "$what failed: a file fetched is not the one the lock file names. Nothing of it was used. See $log" \
      "내려받은 파일이 잠금 파일의 해시와 다릅니다. 사용하지 않았습니다. 기록: $log"
  elif grep -qiE 'dns error|name resolution|could not resolve|\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b|connection (refused|timed out|reset)|network is unreachable|error sending request|failed to fetch|no route to host|certificate (verify|is not trusted)|unable to get local issuer' "$log"; then
    fail "$what failed: the package registry could not be reached. Check the network, proxy or mirror settings of apt, pip, uv or npm. See $log" \
      "패키지 저장소에 연결할 수 없습니다. 네트워크, 프록시, 미러 설정을 확인하세요. 기록: $log"
  elif grep -qiE "(command|program) '?(cc|gcc|c\+\+|g\+\+|x86_64-linux-gnu-gcc)'? (failed|not found)|(gcc|cc): (command )?not found|unable to execute '.*(gcc|cc)'|No such file or directory: '(x86_64-linux-gnu-)?(gcc|cc|c\+\+|g\+\+)'" "$log"; then
    fail "$what failed: it needs a C compiler. Install it with: sudo apt-get install build-essential" \
      "C 컴파일러가 필요합니다. 설치: sudo apt-get install build-essential"
  elif grep -qiE 'dpkg was interrupted|could not get lock|unmet dependencies|held broken packages' "$log"; then
    fail "$what failed: the system's package manager is busy or in the middle of something. See $log" \
      "시스템 패키지 관리자가 사용 중이거나 중단된 작업이 있습니다. 기록: $log"
  elif grep -qiE 'permission denied|not permitted|read-only file system' "$log"; then
    fail "$what failed: no right to write here. Run as the owner of this folder. See $log" \
      "이 폴더에 쓸 권한이 없습니다. 폴더 소유자로 실행하세요. 기록: $log"
  fi
  fail "$what failed. The whole output: $log" "실패했습니다. 전체 기록: $log"
}

# digest PATH...: one SHA-256 over the names and contents of the files, folders included. Missing paths count too.
digest() {
  local path
  for path in "$@"; do
    if [[ -e "$path" ]]; then
      find "$path" -type f ! -path '*/__pycache__/*' -print0
    else
      printf '%s\0' "absent:$path"
    fi
  done | sort -z | xargs -0 sh -c 'for f; do case $f in absent:*) echo "$f" ;; *) sha256sum "$f" ;; esac; done' sh \
    | sha256sum | cut -d' ' -f1
}

# fresh NAME DIGEST PRODUCT: whether the step's stamp is this digest and its product exists.
fresh() { [[ -e "$3" && -f "var/setup/$1.stamp" && "$(< "var/setup/$1.stamp")" == "$2" ]]; }

stamp() { printf '%s\n' "$2" > "var/setup/$1.stamp"; }
