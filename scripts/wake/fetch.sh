#!/bin/sh
# Fetches the voices and prompts that are no Python packages and unpacks them under var/wake. Installs nothing; needs apt and npm.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p var/wake/debs var/wake/root var/wake/npm
(
    cd var/wake/debs
    apt-get download -q festival libestools2.5 festival-czech festlex-cmu festlex-poslex festlex-ifd festlex-cmu \
        festvox-kallpc16k festvox-kdlpc16k festvox-italp16k festvox-itapc16k \
        festvox-suopuhe-common festvox-suopuhe-lj festvox-suopuhe-mv festvox-czech-ph festvox-czech-dita \
        asterisk-core-sounds-en-g722 asterisk-core-sounds-es-g722 asterisk-core-sounds-fr-g722 \
        asterisk-core-sounds-it-g722 asterisk-core-sounds-ru-g722 asterisk-moh-opsound-g722
)
for package in var/wake/debs/*.deb; do
    dpkg -x "$package" var/wake/root
done
# Festival's packages name their data by the place where they would be installed.
here="$(pwd)/var/wake/root/usr/share/festival"
grep -rl '"/usr/share/festival' "$here" --include='*.scm' | xargs -r sed -i "s#\"/usr/share/festival#\"$here#g"
(cd var/wake/npm && npm pack --silent kokoro-js@1.2.1)
