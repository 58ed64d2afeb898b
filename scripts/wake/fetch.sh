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
        festvox-czech-krb festvox-czech-machac festival-hi festvox-hi-nsk flite libflite1 libpopt0 \
        asterisk-core-sounds-en-g722 asterisk-core-sounds-es-g722 asterisk-core-sounds-fr-g722 \
        asterisk-core-sounds-it-g722 asterisk-core-sounds-ru-g722 asterisk-moh-opsound-g722
)
# Pico is free (Apache-2.0) but for sources that Debian lacks: it is in non-free, which this list of sources adds here only.
pico="$(pwd)/var/wake/pico"
mkdir -p "$pico/lists/partial"
mirror="$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m 1 debian)"
suite="$(. /etc/os-release && echo "$VERSION_CODENAME")"
echo "deb $mirror $suite contrib non-free" >"$pico/sources.list"
set -- -o Dir::Etc::SourceList="$pico/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$pico/lists"
apt-get "$@" update -q >/dev/null
(cd var/wake/debs && apt-get "$@" download -q libttspico-data libttspico-utils libttspico0)
for package in var/wake/debs/*.deb; do
    dpkg -x "$package" var/wake/root
done
# pico2wave looks for its voices in /usr/share/pico/lang/: as long a name from the folder it is run in.
sed -i 's#/usr/share/pico/lang/#./././././/pico/lang/#' var/wake/root/usr/bin/pico2wave
# Festival's packages name their data by the place where they would be installed.
here="$(pwd)/var/wake/root/usr/share/festival"
grep -rl '"/usr/share/festival' "$here" --include='*.scm' | xargs -r sed -i "s#\"/usr/share/festival#\"$here#g"
(cd var/wake/npm && npm pack --silent kokoro-js@1.2.1)
