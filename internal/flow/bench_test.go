package flow_test

import (
	"testing"

	"hutong/internal/flow"
)

// inDelivery is a flow of a provider as a gateway keeps it.
const inDelivery = `{"body_version":1,"id":"flow-fv3k56vzrpentvbq64ysf5hcsp","role":"provider","asked":true,"participant":"exporter",
"peer":"singapore","counterparty":"recipient","dataset":"support-00000","purpose":"business","format":"csv","state":"delivering","verdict":"cleared",
"source":{"kind":"file","place":"/srv/support-tickets.csv"},"source_form":{},"stamp":"4adb56297dd60f02aba93e8f81237631",
"facts":{"consent":{"basis":"consent","notice_given":true,"separate_consent":true},"core":false,"important":"no","origin":"domestic",
"sector":"digital_content","state_secret":false},"reservation":"flow-fv3k56vzrpentvbq64ysf5hcsp",
"documents":{"decision":"92ab27fee95ef14a6170262c85973ff707a8205c78f75b4c09a573d5c8a1f1b7","facts":"2c251d43e121639aed11e87e2a0eb80cdcd8a77a966bc57a96327315cb8ed6f6",
"plan":"d3218eef477681390b538d28f2c084806d5372d363fc175fd89b0410a7c31efe","profile":"cce36ba9eaa0e44acfb315eda4760414a4efd13b6d6dbb7b9c5c95195bb0ce99"},
"events":["flow-fv3k56vzrpentvbq64ysf5hcsp.profile.0","flow-fv3k56vzrpentvbq64ysf5hcsp.decision.1"],"negotiation":"neg-o2h2si4yeowa7pqcdh447cxpjl",
"agreement":"urn:uuid:d6e9a555-bda5-40b7-bf84-59f12e9edc6e","transfer":"71d4dd60-ba04-4586-8af3-52f94b46a399","version":5,
"created":"2026-11-30T19:10:07.387037779Z","updated":"2026-11-30T19:10:09.565216637Z"}`

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flow.Decode([]byte(inDelivery)); err != nil {
			b.Fatal(err)
		}
	}
}
