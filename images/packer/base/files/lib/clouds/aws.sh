# shellcheck shell=sh disable=SC2154
# Settings in Parameter Store, secrets in Secrets Manager, read with the rights of the machine's role.

# call SERVICE OPERATION BODY
call() {
  imds=$(ask -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata/latest/api/token") || return 1
  imds="header = \"X-aws-ec2-metadata-token: $imds\""
  roles=$metadata/latest/meta-data/iam/security-credentials
  role=$(printf '%s' "$imds" | ask_as "$roles/") || return 1
  keys=$(printf '%s' "$imds" | ask_as "$roles/$role") || return 1
  # JSON strings are what curl takes between quotes.
  printf '%s' "$keys" |
    jq -r '"user = \("\(.AccessKeyId):\(.SecretAccessKey)" | @json)", "header = \("X-Amz-Security-Token: \(.Token)" | @json)"' |
    ask_as --aws-sigv4 "aws:amz:$region:$1" -H "X-Amz-Target: $2" -H "Content-Type: application/x-amz-json-1.1" \
      --data "$3" "${FLEET_ENDPOINT:-https://$1.$region.amazonaws.com}/"
}

list_settings() {
  next=
  while :; do
    body=$(jq -nc --arg path "/$environment/$service" --arg next "$next" \
      '{Path: $path} + if $next == "" then {} else {NextToken: $next} end') || return 1
    page=$(call ssm AmazonSSM.GetParametersByPath "$body") || return 1
    printf '%s' "$page" | jq -c '.Parameters[] | {name: (.Name | split("/") | last), value: .Value}' || return 1
    next=$(printf '%s' "$page" | jq -r '.NextToken // ""') || return 1
    [ -n "$next" ] || return 0
  done
}

read_secret() {
  answer=$(call secretsmanager secretsmanager.GetSecretValue "{\"SecretId\": \"/$environment/$service/$1\"}") || return 1
  printf '%s' "$answer" | jq -j '.SecretString // error("is no text")'
}
