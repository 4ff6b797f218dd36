# shellcheck shell=sh disable=SC2154
# Settings in the project's metadata, secrets in Secret Manager, read as the machine's service account.

own() { ask -H "Metadata-Flavor: Google" "$metadata/computeMetadata/v1/$1"; }

list_settings() {
  page=$(own "project/attributes/?recursive=true") || return 1
  printf '%s' "$page" | jq -c --arg prefix "$environment-$service-$region-" \
    'to_entries[] | select(.key | startswith($prefix)) | {name: .key[($prefix | length):], value}'
}

read_secret() {
  token=$(own instance/service-accounts/default/token) || return 1
  answer=$(printf '%s' "$token" |
    jq -r '"header = \("Authorization: Bearer \(.access_token)" | @json)"' |
    ask_as "${FLEET_ENDPOINT:-https://secretmanager.googleapis.com}/v1/projects/$account/secrets/$environment-$service-$region-$1/versions/latest:access") || return 1
  printf '%s' "$answer" | jq -r .payload.data | base64 -d
}
