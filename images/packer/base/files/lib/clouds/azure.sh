# shellcheck shell=sh disable=SC2154
# Settings and secrets in the service's two Key Vaults, read as the machine's identity. Names have - there for _. What Terraform
# wrote as a setting is of the type text/plain; anything else among the settings is none.
own=$(printf '%s' "$account/$environment/$region/$service" | sha256sum | cut -c1-16)
settings=${FLEET_ENDPOINT:-https://vault-$own.vault.azure.net}
secrets=${FLEET_ENDPOINT:-https://secrets-$own.vault.azure.net}
version=api-version=7.4

bearer() {
  token=$(ask -H "Metadata: true" "$metadata/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net") || return 1
  printf '%s' "$token" | jq -r '"header = \("Authorization: Bearer \(.access_token)" | @json)"'
}

list_settings() {
  who=$(bearer) || return 1
  next="$settings/secrets?$version"
  while :; do
    # The token is for the vault alone, wherever its answer points.
    case $next in
    "$settings"/*) ;;
    *) return 1 ;;
    esac
    page=$(printf '%s' "$who" | ask_as "$next") || return 1
    names=$(printf '%s' "$page" |
      jq -r '.value[] | select(.contentType == "text/plain" and .attributes.enabled) | .id | split("/") | last') || return 1
    for name in $names; do
      answer=$(printf '%s' "$who" | ask_as "$settings/secrets/$name?$version") || return 1
      printf '%s' "$answer" | jq -c --arg name "$name" '{name: ($name | gsub("-"; "_")), value}' || return 1
    done
    next=$(printf '%s' "$page" | jq -r '.nextLink // ""') || return 1
    [ -n "$next" ] || return 0
  done
}

read_secret() {
  who=$(bearer) || return 1
  answer=$(printf '%s' "$who" | ask_as "$secrets/secrets/$(printf '%s' "$1" | tr _ -)?$version") || return 1
  printf '%s' "$answer" | jq -j .value
}
