#!/usr/bin/env bash
# Checks everything in infra/: the CDK app always, the rest with the tools that judge it, as far as they are there. What is skipped is
# said aloud. Ends with "N passed, N failed, N skipped".
set -u -o pipefail
cd "$(dirname "$0")"
infra=$PWD
root=$(cd .. && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
skipped=0

step() {
  local name=$1 began=$SECONDS
  shift
  printf '\n== infra: %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
    printf -- '-- ok: %s (%d s)\n' "$name" $((SECONDS - began))
  else
    failed=$((failed + 1))
    printf -- '-- FAILED: %s (%d s)\n' "$name" $((SECONDS - began))
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf '\n== infra: %s\n-- SKIPPED: %s\n' "$1" "$2"
}

# Runs the step when the command is there: with <tool> <name> <command...>
with() {
  local tool=$1 name=$2
  shift 2
  if command -v "$tool" >/dev/null 2>&1; then step "$name" "$@"; else skip "$name" "there is no $tool"; fi
}

kustomization_builds() {
  kubectl kustomize kubernetes >"$scratch/vesper.yaml" && grep -c '^kind:' "$scratch/vesper.yaml"
}

# What is built, and the examples, by the JSON schemas of a release of Kubernetes.
manifests_are_valid() {
  kubernetes-validate --strict --quiet "$@" kubernetes/ingress.example.yaml kubernetes/secret.example.yaml
}

# systemd wants the program to be there: the node of this machine stands in for /usr/bin/node.
unit_is_sound() {
  sed "s#/usr/bin/node#$(command -v node)#" systemd/vesper.service >"$scratch/vesper.service"
  systemd-analyze verify "$scratch/vesper.service"
}

# Exposure of 2.0 or less, of 10.
unit_is_hardened() {
  systemd-analyze security --offline=true --threshold=20 --no-pager "$scratch/vesper.service" | tail -n 1
}

nginx_takes_it() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=vesper.example.com \
    -keyout "$scratch/vesper.key" -out "$scratch/vesper.crt" 2>/dev/null || return 1
  sed "s#/etc/nginx/tls#$scratch#" nginx/vesper.conf >"$scratch/vesper.conf"
  cat >"$scratch/nginx.conf" <<CONF
pid $scratch/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    include $scratch/vesper.conf;
}
CONF
  nginx -t -q -p "$scratch" -c "$scratch/nginx.conf"
}

compose_file_is_valid() {
  if docker compose version >/dev/null 2>&1; then docker compose -f "$root/docker-compose.yml" config --quiet
  else docker-compose -f "$root/docker-compose.yml" config --quiet; fi
}

# A core for the tests and one for the synth, which need nothing of each other.
begin_synth() {
  npm run --silent synth >"$scratch/synth.log" 2>&1 &
  synth=$!
}

end_synth() {
  wait "$synth"
  local status=$?
  cat "$scratch/synth.log"
  return $status
}

step 'npm ci' npm ci --no-fund --no-audit --loglevel=error
step 'types' npx --no-install tsc -p tsconfig.json
begin_synth
step 'tests' npm run --silent test
step 'synth' end_synth
if [ -x "$root/node_modules/.bin/oxlint" ]; then
  step 'lint' "$root/node_modules/.bin/oxlint" --deny-warnings --config "$root/.oxlintrc.json" "$infra"
else
  skip 'lint' "the service's own packages are not installed: npm ci in $root"
fi
with kubectl 'kustomize' kustomization_builds
if [ -s "$scratch/vesper.yaml" ]; then built=("$scratch/vesper.yaml"); else built=(); fi
with kubernetes-validate 'schemas of Kubernetes' manifests_are_valid ${built[@]+"${built[@]}"}
with systemd-analyze 'systemd unit' unit_is_sound
with systemd-analyze 'systemd hardening' unit_is_hardened
with nginx 'nginx' nginx_takes_it
with promtool 'alert rules' promtool check rules prometheus/alerts.yaml
with promtool 'tests of alert rules' promtool test rules prometheus/alerts.test.yaml
with promtool 'prometheus' promtool check config --syntax-only prometheus/prometheus.example.yaml
if docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1; then
  step 'docker compose' compose_file_is_valid
else
  skip 'docker compose' 'there is neither docker compose nor docker-compose'
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
