package profile_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

// A column says by a role alone, or in another language, what it holds.
func TestNamesOfColumns(t *testing.T) {
	m := made{rand.New(rand.NewPCG(31, 32))}
	on := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	clerks := []string{"王强", "李娜", "赵敏"}
	for name, tc := range map[string]struct {
		want  map[string]dataspace.ElementID
		minor bool
		cells [][]string
	}{
		"few clerks of many orders": {map[string]dataspace.ElementID{"业务员": "person_name_zh", "买家": "person_name_zh"}, false,
			m.table("订单编号,买家,业务员", 300, func(i int) []string { return []string{"A" + strconv.Itoa(7000+3*i), m.name(), clerks[i%3]} })},
		"Japanese": {map[string]dataspace.ElementID{"生年月日": "date_of_birth", "電話番号": "phone_intl"}, true,
			m.table("生年月日,電話番号", 60, func(i int) []string {
				return []string{strconv.Itoa(1960+i) + "/04/12", "+81 3-5555-0" + strconv.Itoa(100+i)}
			})},
		"German": {map[string]dataspace.ElementID{"Vorname": "person_name_latin", "Geburtsdatum": "date_of_birth", "PLZ": "postcode"}, true,
			m.table("Vorname,Geburtsdatum,PLZ", 60, func(i int) []string {
				return []string{[]string{"Jürgen", "Heike", "Uwe", "Silke"}[i%4], "12.04." + strconv.Itoa(1960+i), strconv.Itoa(20000 + i*7)}
			})},
		"names in another script than the name of the column says": {map[string]dataspace.ElementID{"英文姓名": "person_name_latin", "姓名": "person_name_latin"}, false,
			m.table("英文姓名,姓名", 60, func(i int) []string {
				return []string{[]string{"Li Na", "Wang Wei", "Chan Tai Man"}[i%3], []string{"Laura Perez", "Tom Baker", "Nora Klein", "Ivan Petrov"}[i%4]}
			})},
		"a month of birth": {map[string]dataspace.ElementID{"出生年月": "date_of_birth"}, true,
			m.table("姓名,出生年月", 60, func(i int) []string { return []string{m.name(), strconv.Itoa(1960+i) + "-04"} })},
	} {
		p := profileSource(t, &rows{name: "table", cells: tc.cells}, profile.Options{On: on}).Profile
		for _, c := range p.Columns {
			if want := tc.want[c.Name]; want != "" && (c.Element == nil || *c.Element != want) {
				t.Errorf("%s: column %s is %v, want %s", name, c.Name, c.Element, want)
			}
		}
		if p.Subjects.Distinct == nil || *p.Subjects.Distinct == 0 {
			t.Errorf("%s: nobody is counted", name)
		} else if n := p.Subjects.Classes["under_14"]; tc.minor != (n != nil && *n > 0) {
			t.Errorf("%s: children: %v", name, n)
		}
	}
}
