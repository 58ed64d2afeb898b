# The machine: processor, disk, and the system packages.

DISK_NEEDED_GB=7 # measured on a bare Debian 12: 4.3 for `make run`, 5.4 with what the tests need, caches included; voice and second opinion take 0.8 more, what is compiled 0.4

check_machine() {
  [[ "$(uname -s)" == Linux ]] || fail "this set-up is for Linux, this is $(uname -s)." \
    "이 설치는 리눅스 전용입니다. 현재: $(uname -s)"
  [[ "$(uname -m)" == x86_64 ]] || fail "this needs a 64-bit x86 processor (x86-64); this one is $(uname -m)." \
    "64비트 x86(x86-64) 프로세서가 필요합니다. 현재: $(uname -m)"
}

# Only before the large steps: a set-up that is complete needs no further space.
check_disk() {
  [[ ! -x .venv/bin/python || ! -d .venv-rasa ]] || return 0
  local free_gb
  free_gb=$(($(df -Pk . | awk 'NR==2 {print $4}') / 1024 / 1024))
  ((free_gb >= ${SEOULA_DISK_GB:-$DISK_NEEDED_GB})) || fail \
    "set-up needs ${SEOULA_DISK_GB:-$DISK_NEEDED_GB} GB of disk in $PWD, $free_gb GB are free (SEOULA_DISK_GB=$free_gb tries it nevertheless)." \
    "디스크 ${SEOULA_DISK_GB:-$DISK_NEEDED_GB} GB가 필요하지만 $free_gb GB만 남아 있습니다."
}

# What we need is looked for itself, not by package name, so that other ways to have it count as well.
# No pipe into `grep -q`: it stops reading at the first match, and pipefail then takes ldconfig's broken pipe for a "no".
has_library() { [[ "$(/sbin/ldconfig -p 2> /dev/null)" == *"$1"* ]]; }
has_command() { command -v "$1" > /dev/null 2>&1; }
has_browser() { find_browser > /dev/null; }
has_korean_font() {
  { has_command fc-list && [[ -n "$(fc-list :lang=ko 2> /dev/null)" ]]; } \
    || compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' > /dev/null
}
has_venv() { has_command python3 && python3 -c 'import ensurepip, venv' > /dev/null 2>&1; }

has_korean_reader() { compgen -G "${TESSDATA_PREFIX:-/usr/share/tesseract-ocr/*/tessdata}/kor.traineddata" > /dev/null; }

find_browser() {
  local name
  for name in "${SEOULA_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's chromium-browser is a small script that starts a snap: not usable without a session.
    [[ -n "$name" ]] && has_command "$name" && ! grep -qs 'snap' "$(command -v "$name")" && command -v "$name" && return 0
  done
  compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium-*/chrome-linux*/chrome" | tail -n 1 | grep .
}

is_ubuntu() { grep -qsE '^ID=ubuntu' /etc/os-release; }

# missing_packages run|test: the names of the Debian packages whose content is not there.
missing_packages() {
  local missing=()
  has_venv || missing+=(python3-venv)
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
  { has_command espeak-ng && has_library libespeak-ng.so.1; } || missing+=(espeak-ng)
  has_command aplay || missing+=(alsa-utils)
  has_library libportaudio.so.2 || missing+=(libportaudio2)
  # OpenCV, which reads the cameras, and what reads the titles on spines of books.
  has_library libGL.so.1 || missing+=(libgl1)
  has_library libglib-2.0.so.0 || missing+=(libglib2.0-0)
  has_command tesseract || missing+=(tesseract-ocr)
  has_korean_reader || missing+=(tesseract-ocr-kor)
  if [[ "$1" == test ]]; then
    has_browser || is_ubuntu || missing+=(chromium)
    has_library libatomic.so.1 || missing+=(libatomic1) # Playwright's driver
    has_korean_font || missing+=(fonts-noto-cjk)
    # Larger rooms and relayed calls. Ubuntu's Janus is of several ages; there these tests say that they are skipped.
    has_command janus || is_ubuntu || missing+=(janus)
    has_command turnserver || missing+=(coturn)
  fi
  echo "${missing[*]}"
}

# rest_services "PACKAGES" [SUDO]: Janus and coturn begin to serve as soon as they are installed, Janus with rooms for a
# demonstration that anybody may join. We start our own, with our own settings.
rest_services() {
  local name
  has_command systemctl || return 0
  for name in janus coturn; do
    [[ " $1 " != *" $name "* ]] || ${2:-} systemctl disable --quiet --now "$name" > /dev/null 2>&1 || true
  done
}

install_packages() {
  local missing command
  # A fresh machine may be updating itself: wait for that instead of failing.
  local wait=(-o DPkg::Lock::Timeout=300)
  missing="$(missing_packages "$1")"
  [[ -n "$missing" ]] || return 0
  command="apt-get install -y --no-install-recommends $missing"
  has_command apt-get || fail "these are missing and there is no apt-get to install them: $missing" \
    "다음이 없고 apt-get도 없습니다: $missing"
  local root=()
  if [[ "$(id -u)" != 0 ]]; then
    has_command sudo && { sudo -n true 2> /dev/null || { [[ -t 0 ]] && sudo -v; }; } || fail \
      "no right to install system packages. Ask the administrator to run: sudo $command" \
      "시스템 패키지를 설치할 권한이 없습니다. 관리자에게 다음 실행을 요청하세요: sudo $command"
    root=(sudo)
  fi
  step apt-update "updating the list of system packages" "${root[@]}" apt-get "${wait[@]}" update
  # shellcheck disable=SC2086  # a list of words
  step apt-install "installing system packages: $missing" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    ${command/apt-get/apt-get ${wait[*]}}
  rest_services "$missing" "${root[@]}"
  missing="$(missing_packages "$1")"
  [[ -z "$missing" ]] || fail "installed, yet still not usable: $missing. See var/setup/log/apt-install.log" \
    "설치했지만 사용할 수 없습니다: $missing"
}
