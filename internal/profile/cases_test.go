package profile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hutong/internal/profile"
)

// The shared cases are faults that users of comparable tools have reported.
// "column=element" is an accepted element, "~" one that a person must look at,
// "column>element:rows" an element inside, "!" a sensitive column.
func TestSharedCases(t *testing.T) {
	for name, want := range map[string]string{
		"numbers-with-ids.csv": "v>cn_resident_id:100!",
		"nested-escaped.jsonl": "case>cn_resident_id:40! case>mobile_cn:40!",
		"json-in-csv.csv":      "payload>cn_resident_id:40!",
		"float-mobile.csv":     "col_b=mobile_cn",
		"kyc-file-names.csv":   "photo>cn_resident_id:40!",
		"hkid-space.csv":       "doc=hkid!",
		"text-0086.csv":        "memo>mobile_cn:40",
		"us-phones.csv":        "contact_value~phone_intl",
		"voters.csv":           "race_code=ethnicity! party_desc~political_affiliation! phone_num~phone_intl birth_age=age",
	} {
		t.Run(name, func(t *testing.T) {
			p := profileFile(t, shared(t, "cases/"+name), profile.Options{}).Profile
			got := brief(p)
			for _, c := range p.Columns {
				for _, in := range c.Contains {
					line := c.Name + ">" + string(in.Element) + ":" + fmt.Sprint(in.Rows)
					if c.Sensitive {
						line += "!"
					}
					got = append(got, line)
				}
			}
			for _, w := range strings.Fields(want) {
				if !slices.Contains(got, w) {
					t.Errorf("no %s in %v", w, got)
				}
			}
		})
	}
}

// Initials of syllables say nothing alone, and much together.
func TestAbbreviatedNames(t *testing.T) {
	table := [][]string{
		{"bah", "xm", "nl", "jd", "wd", "sfzh"},
		{"B100233", "王伟", "45", "121.473701", "31.230416", "330106199708155202"},
		{"B100234", "李静", "32", "121.499763", "31.239703", "330106200103044572"},
		{"B100235", "张敏", "61", "121.445600", "31.222100", "310115199612210425"},
	}
	got := brief(profileSource(t, &rows{cells: table}, profile.Options{}).Profile)
	for _, want := range []string{"bah~medical_record_no!", "xm=person_name_zh", "nl=age", "jd=precise_location!", "wd=precise_location!", "sfzh=cn_resident_id!"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
	alone := [][]string{{"nl", "speed", "depth", "course"}, {"45", "3", "4", "5"}, {"32", "3", "5", "1"}}
	if got := brief(profileSource(t, &rows{cells: alone}, profile.Options{}).Profile); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "nl") }) {
		t.Errorf("one abbreviation: %v", got)
	}
}
