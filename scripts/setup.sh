#!/usr/bin/env bash
# Prepares a checkout. Asks nothing, may be run again at any time, and says what it does.
#   scripts/setup.sh runtime   .venv with what the program needs, and the program itself
#   scripts/setup.sh dev       the same with what tests and linters need
#   scripts/setup.sh system    programs of the system that tests use, through apt when it may
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
stop() { printf '\nSTOPPED: %s\n' "$*" >&2; exit 1; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))'; then
      echo "$candidate"
      return
    fi
  done
  stop "Python 3.11 or newer is needed. Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv"
}

# Prints the prefix under which apt may run; fails when it may not.
apt_prefix() {
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then return 0; fi
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && echo "sudo -n"
}

apt_install() {
  local prefix
  prefix=$(apt_prefix) || return 1
  # Lists of a fresh container are empty; a failed update is told by the install that follows.
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null || true
  $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

make_environment() {
  local python
  [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  python=$(find_python)
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "Python has no venv module; trying to install python3-venv"
    apt_install python3-venv || stop "run as root: apt-get install python3-venv, then the same command again"
  fi
  say "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
}

install_pinned() {
  local list=$1
  say "Installing the pinned packages of requirements/$list.txt (every file checked by its hash)"
  local pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input)
  "${pip[@]}" install -qq --require-hashes -r requirements/build.txt
  # Built with the pinned setuptools above, never with one fetched on the way.
  "${pip[@]}" install -qq --require-hashes --no-build-isolation -r "requirements/$list.txt"
  "${pip[@]}" install -qq --no-deps --no-build-isolation --editable .
  say "Ready: .venv/bin/tonghop"
}

# program or file to look for | package | what does not work without it
SYSTEM_PARTS=(
  "dovecot|dovecot-imapd|tests of reading a mailbox over IMAP"
  "soffice|libreoffice-writer-nogui|tests that open the produced Word report"
  "/usr/lib/libreoffice/program/libsclo.so|libreoffice-calc-nogui|tests that open the produced Excel annex"
  "tesseract|tesseract-ocr|tests that read scans"
  "/usr/share/tesseract-ocr/5/tessdata/vie.traineddata|tesseract-ocr-vie|tests that read Vietnamese in scans"
  "pdftotext|poppler-utils|tests that read the produced report as PDF"
  "chromium|chromium|tests of the desk in a browser"
  "systemd-analyze|systemd|the test that the service file is sound and hardened"
  "strace|strace|tests of failing disks (they are left out)"
  "initdb|postgresql|tests of the ledger on PostgreSQL"
  "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf|fonts-dejavu-core|Vietnamese letters in those PDFs"
)

is_there() {
  case $1 in
    /*) [ -e "$1" ] ;;
    *) PATH="$PATH:/usr/sbin:$(printf '%s:' /usr/lib/postgresql/*/bin)" command -v "$1" >/dev/null ;;
  esac
}

missing_parts() {
  local part looked package lost
  for part in "${SYSTEM_PARTS[@]}"; do
    IFS='|' read -r looked package lost <<<"$part"
    is_there "$looked" || echo "$package|$lost"
  done
}

install_system() {
  local missing packages package lost
  missing=$(missing_parts)
  [ -z "$missing" ] && { say "All programs of the system are there"; return; }
  mapfile -t packages < <(cut -d'|' -f1 <<<"$missing")
  say "Installing from the system: ${packages[*]}"
  apt_install "${packages[@]}" || true
  missing=$(missing_parts)
  [ -z "$missing" ] && return
  say "MISSING. Run as root: apt-get install $(cut -d'|' -f1 <<<"$missing" | tr '\n' ' ')"
  while IFS='|' read -r package lost; do
    echo "  without $package these fail: $lost"
  done <<<"$missing"
  say "Going on without them"
}

case ${1:-} in
  runtime | dev)
    make_environment
    install_pinned "$1"
    ;;
  system) install_system ;;
  *) stop "usage: scripts/setup.sh runtime|dev|system" ;;
esac
