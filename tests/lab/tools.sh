#!/bin/sh
# Installs the Debian packages that the tests use as real parts. With no argument: all of them.
# Where it may not install, it names what is missing; the tests that need it then say so themselves.
set -u
wanted="${*:-mosquitto mosquitto-clients tshark chromium dbus gcc g++ gcc-avr avr-libc libelf-dev}"
missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then run=""
elif sudo -n true 2>/dev/null; then run="sudo -n"
else
    echo "Not installed, and not allowed to install:$missing" >&2
    echo "The tests that need them are skipped. To run them: sudo apt-get install$missing" >&2
    exit 0
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq >/dev/null && $run apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
    echo "Could not install:$missing" >&2
    [ -n "${CI:-}" ] && exit 1
    exit 0
}
