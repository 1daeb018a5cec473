#!/usr/bin/env bash
# Makes the data directories of two gateways with an older program, holding
# something of everything, and what that program said about them.
#
#   make.sh PROGRAM ARCHIVE
#
# PROGRAM is the hutong of the version to be kept; ARCHIVE is a .tar.gz.
set -euo pipefail
program=$(realpath "$1")
archive=$(realpath -m "$2")
root=/tmp/hutong-olddata # the test looks for this path in the rows
[ ! -e "$root" ] || { echo "remove $root first" >&2; exit 1; }
mkdir -m 700 "$root" "$root/sources" "$root/answers"
cd "$root"
started=()
trap 'for p in "${started[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT

at() { local side=$1; shift; "$program" --data-dir "$root/$side" "$@"; }

serve() { # SIDE JURISDICTION PUBLIC-PORT MANAGEMENT-PORT
  printf 'gateway: %s\nname: %s gateway\njurisdiction: %s\ndata_dir: %s/%s\nlisten: 127.0.0.1:%s\nmanagement: 127.0.0.1:%s\nlog_level: warn\n' \
    "$1" "$1" "$2" "$root" "$1" "$3" "$4" >"$1.yaml"
  "$program" serve --config "$1.yaml" >"$1.log" 2>&1 &
  started+=($!)
  for _ in $(seq 200); do
    at "$1" participant list >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "gateway $1 did not start" >&2; cat "$1.log" >&2; exit 1
}

# people FROM COUNT [COLUMN=VALUE]: a table of made-up people.
people() {
  awk -v from="$1" -v count="$2" -v extra="${3:-}" 'BEGIN {
    split(extra, x, "="); print "姓名,手机号,城市" (extra == "" ? "" : "," x[1])
    for (i = from; i < from + count; i++)
      printf "张%06d,138%08d,上海%s\n", i, i * 7919 % 100000000, (extra == "" ? "" : "," x[2]) }'
}

serve shanghai CN 19441 19442
serve singapore SG 19443 19444

at shanghai participant add acme --name Acme --name-zh 艾克米 --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false --group acme-group
at shanghai participant add busy --name Busy --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false --group acme-group
at shanghai participant add re --name Re --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false --sector reinsurance
at shanghai participant add tally --name Tally --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false
at singapore participant add lion --name Lion --jurisdiction SG --foreign-authority=false --accept shanghai --certification global_cbpr
at singapore participant add tiger --name Tiger --jurisdiction SG --foreign-authority=false
at singapore participant add court --name Court --jurisdiction SG --foreign-authority --accept shanghai

fp() { awk '/[Ff]ingerprint/ {print $NF; exit}' "$1.log"; }
at shanghai peer add singapore https://127.0.0.1:19443 --fingerprint "$(fp singapore)"
at singapore peer add shanghai https://127.0.0.1:19441 --fingerprint "$(fp shanghai)"

for who in acme re busy; do
  at shanghai instrument add "$who-pipia" --of "$who" --kind cn.pipia --completed-on "$(date -u -d '-7 days' +%F)"
done
at shanghai instrument add group-contract --of acme --kind cn.standard_contract --effective-on "$(date -u -d '-40 days' +%F)" --filed-on "$(date -u -d '-35 days' +%F)" \
  --covers-recipient lion --covers-exporter busy --covers-max 50 --covers-until 2099-12-31
at shanghai key add officer --role compliance --out "$root/officer.key"
at shanghai key add clerk --role participant --participant acme --out "$root/clerk.key"
at singapore key add "far officer" --role compliance --out "$root/far-officer.key"

facts=(--purpose business --origin domestic --important no --core=false --state-secret=false --basis consent --separate-consent --notice-given)
send() { # EXIT-CODE FROM TO FILE FLAGS...
  local want=$1 from=$2 to=$3 file=$4 code=0; shift 4
  at shanghai send "sources/$file" --from "$from" --to "singapore/$to" "${facts[@]}" "$@" >>sends.log 2>&1 || code=$?
  [ "$code" = "$want" ] || { echo "send of $file to $to ended with $code, want $want" >&2; tail -n 40 sends.log >&2; exit 1; }
}
newest() { at "$1" --json flow list --limit 1 | grep -o '"id": *"flow-[^"]*"' | head -n 1 | cut -d'"' -f4; }

# Delivered: more people than one transaction takes, so that their list is a
# file; a few of them again, and others, whose lists are rows.
people 1 4200 >sources/many.csv
people 4100 200 >sources/few.csv
people 1 30 >sources/small.csv
send 0 acme lion many.csv --sector digital_content --dataset many --drop 姓名,手机号 --waybill "$root/many.waybill"
send 0 acme lion few.csv --sector digital_content --dataset few --format parquet --mask 手机号=3:2 --retention-days 30 --waybill "$root/few.waybill"
# Offered, and fetched from the other side.
at shanghai dataset add offered sources/small.csv --of acme --title Offered --title-zh 供取 --offer business --sector digital_content --scenario COM-MEMBER "${facts[@]:2}" --drop 城市
at shanghai dataset add spare sources/small.csv --of busy --charset utf-8 --delimiter , --source-format csv
at singapore fetch shanghai/acme/offered --as lion --purpose business --waybill "$root/fetched.waybill" >>sends.log 2>&1

# Corrected counts, and a flow that needs a filed contract because of them.
at shanghai counts correct busy --non-sensitive 120000 --reason "paper files, register 17" --key-file officer.key
at shanghai counts correct tally --non-sensitive 85000 --sensitive 12 --under-14 3 --reason "paper files, register 18" --key-file officer.key
send 3 busy lion small.csv --sector digital_content --dataset waiting-action
# A list whose annex is not known: a person must look, once for and once never.
send 3 re lion small.csv --sector reinsurance --scenario RE-LIFE --dataset waiting-review
send 3 re lion small.csv --sector reinsurance --scenario RE-LIFE --dataset reviewed
reviewed=$(newest shanghai)
at shanghai flow review "$reviewed" --approve --reason "the annex was read" --key-file officer.key
send 3 re lion small.csv --sector reinsurance --scenario RE-LIFE --dataset rejected
at shanghai flow review "$(newest shanghai)" --reject --reason "not before the annex is read" --key-file officer.key
until_state() { for _ in $(seq 300); do at shanghai --json flow list --state "$2" | grep -q "$1" && return; sleep 0.1; done; echo "$1 is not $2" >&2; exit 1; }
until_state "$reviewed" completed
# Prohibited, stopped, and one that waits for a person at the other side.
send 3 acme court small.csv --sector digital_content --dataset prohibited
people 9000 20 >sources/stopped.csv
send 0 acme tiger stopped.csv --sector digital_content --dataset stopped --detach
people 9100 20 >sources/waiting.csv
until_far() { for _ in $(seq 200); do at singapore --json flow list | grep -q "\"dataset\": *\"$1\"" && return; sleep 0.1; done; echo "$1 did not arrive" >&2; exit 1; }
until_far stopped
at shanghai flow stop "$(newest shanghai)" --reason "a mistake"
send 0 acme tiger waiting.csv --sector digital_content --dataset waiting-far --detach
until_far waiting-far
sleep 2 # both sides come to rest
# An obligation that a person fulfilled, of the flow that was reviewed.
at shanghai obligations done "$reviewed" cn.recipient.screen --reason "looked up, note 17"

for side in shanghai singapore; do
  for what in "flow list --limit 1000" "participant list" "dataset list" "instrument list" "peer list" "key list" "obligations --all"; do
    [ "$side" = singapore ] && case $what in dataset*|instrument*) continue ;; esac
    at "$side" --json $what >"answers/$side.${what%% *}.json"
  done
done
for who in acme busy re tally; do at shanghai --json counts "$who" >"answers/counts.$who.json"; done

for p in "${started[@]}"; do kill "$p"; wait "$p" || true; done
started=()
rm -f ./*.log */local.key */management.json sources/many.csv sources/few.csv sources/stopped.csv
rm -rf singapore/inbox/lion/many-*
tar --sort=name --owner=0 --group=0 --numeric-owner -cf - . | gzip -9n >"$archive"
rm -rf "$root"
ls -l "$archive"
