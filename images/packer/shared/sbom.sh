#!/bin/sh
# What is in the image, as CycloneDX, for `fleet image ingest --sbom`: by Syft, which also sees what no package holds, where the
# image has it; else what Debian's packages say of themselves. The same packages give the same bytes.
set -eu
: "${IMAGE:?}" "${IMAGE_VERSION:?}"
out=${SBOM:-/tmp/sbom.cdx.json}

if command -v syft >/dev/null; then
  syft scan dir:/ --source-name "$IMAGE" --source-version "$IMAGE_VERSION" --output "cyclonedx-json=$out"
else
  # shellcheck disable=SC1091
  . /etc/os-release
  # Names as scanners know them: https://github.com/package-url/purl-spec/blob/main/types-doc/deb-definition.md
  # shellcheck disable=SC2016
  {
    printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,'
    printf '"metadata":{"component":{"type":"operating-system","name":"%s","version":"%s"}},"components":[\n' "$IMAGE" "$IMAGE_VERSION"
    dpkg-query -W -f='${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n' |
      LC_ALL=C sort | awk -v id="$ID" -v distro="$ID-${VERSION_ID:-unstable}" '
        function encoded(text) {
          gsub(/\+/, "%2B", text)
          gsub(/:/, "%3A", text)
          return text
        }
        $1 == "installed" {
          source = $5 == $2 && $6 == $3 ? "" : "&upstream=" encoded($5) ($6 == $3 ? "" : "%40" encoded($6))
          printf "%s{\"type\":\"library\",\"name\":\"%s\",\"version\":\"%s\",\"purl\":\"pkg:deb/%s/%s@%s?arch=%s&distro=%s%s\"}", separator, $2, $3, id, encoded($2), encoded($3), $4, distro, source
          separator = ",\n"
        }'
    printf '\n]}\n'
  } >"$out"
fi
chmod 0644 "$out"
