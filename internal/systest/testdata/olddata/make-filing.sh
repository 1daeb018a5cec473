#!/usr/bin/env bash
# Approves a filing at the gateway of an older archive, with the program of that
# version, and keeps the gateway and the documents.
#
#   make-filing.sh PROGRAM ARCHIVE-OF-make.sh ARCHIVE
set -euo pipefail
program=$(realpath "$1")
from=$(realpath "$2")
archive=$(realpath -m "$3")
root=/tmp/hutong-olddata # the test looks for this path in the rows
[ ! -e "$root" ] || { echo "remove $root first" >&2; exit 1; }
mkdir -m 700 "$root"
cd "$root"
tar -xzf "$from"
started=
trap '[ -z "$started" ] || kill "$started" 2>/dev/null || true' EXIT

printf 'gateway: shanghai\nname: shanghai gateway\njurisdiction: CN\ndata_dir: %s/shanghai\nlisten: 127.0.0.1:19441\nmanagement: 127.0.0.1:19442\nlog_level: warn\n' "$root" >filing-gateway.yaml
"$program" serve --config filing-gateway.yaml >gateway.log 2>&1 &
started=$!
at() { "$program" --data-dir "$root/shanghai" "$@"; }
for _ in $(seq 200); do at participant list >/dev/null 2>&1 && break; sleep 0.1; done

# The sector and the country are in no list; scenario and region are free text.
cat >answers.yaml <<'Y'
processor: {name: 甲公司, uscc: "000", nature: 公司, category: 住宿, contact_person: 张, contact: "020", registered_address: 某地, office_address: 某地, employees: 5, pi_handled: 4000}
legal_representative: {name: 李, tel: "00", nationality: 中国, position: 董事长, id_type: 身份证, id_number: "000000199001011234", email: a@example.com}
handler: {name: 李, tel: "00", nationality: 中国, position: 董事长, id_type: 身份证, id_number: "000000199001011234", email: a@example.com}
list: {region: 某区, edition: 第一版, sector: hotell, scenario: 会员, subcategory: 无, item_ids: 不在清单内, transfer_date: 2026-06-20, explanation: 无}
export: {scenarios: [{summary: 会员数据, industry: 住宿, recipients: [{name: Lion, country: Somewhere, main_business: 零售, responsible_name: Chan, responsible_position: 董事, tel: "00", email: a@example.com, address: Somewhere}]}]}
Y
flow=$(at --json flow list --state completed --limit 1000 | tr -d ' \n' | grep -o '"id":"flow-[^"]*"' | tail -n 1 | cut -d'"' -f4)
echo "$flow" >flow
file() { at file "$flow" --kind negative-list-report --answers answers.yaml --out filing --on 2026-06-20 "$@"; }
file --force || true
file --force --approve --reason "read" --key-file officer.key
kill "$started"; wait "$started" || true
started=
rm -rf singapore answers sources gateway.log filing-gateway.yaml ./*.waybill ./*.json sends.log shanghai/local.key shanghai/management.json shanghai/lock clerk.key far-officer.key
tar --sort=name --owner=0 --group=0 --numeric-owner -cf - . | gzip -9n >"$archive"
rm -rf "$root"
ls -l "$archive"
