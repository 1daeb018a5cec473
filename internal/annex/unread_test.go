package annex_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/annex"
)

// A number that counts people with sensitive data together with the others is
// neither a number of the ones nor of the others.
func TestTogether(t *testing.T) {
	head := "场景,子类,数据项,路径,阈值\n"
	for _, c := range []struct {
		name, rows string
		want       [6]int64 // assessment people, sensitive, all; contract people, sensitive, all
		open       int
	}{
		{"one", "会员管理,a,x,安全评估,20万人以上个人信息（含敏感个人信息）\n", [6]int64{-1, -1, 200_000, -1, -1, 0}, 0},
		{"ranges", "会员管理,a,x,标准合同,10万人以上、不满100万人（含敏感个人信息）\n会员管理,a,x,安全评估,100万人以上（含敏感个人信息）\n",
			[6]int64{-1, -1, 1_000_000, -1, -1, 100_000}, 0},
		{"gap", "会员管理,a,x,标准合同,10万人以上、不满50万人（含敏感个人信息）\n会员管理,a,x,安全评估,100万人以上（含敏感个人信息）\n", [6]int64{}, 2},
		{"open_end", "会员管理,a,x,标准合同,10万人以上、不满50万人（含敏感个人信息）\n", [6]int64{}, 1},
		{"no_gap", "会员管理,a,x,标准合同,不满1万人敏感个人信息\n会员管理,a,x,安全评估,1万人以上（含敏感个人信息）\n", [6]int64{-1, -1, 10_000, -1, 1, 0}, 0},
		{"either", "会员管理,a,x,安全评估,100万人以上个人信息（不含敏感个人信息）或者1万人以上敏感个人信息\n", [6]int64{1_000_000, 10_000, 0, -1, -1, 0}, 0},
		{"either_of_two", "会员管理,a,x,安全评估,10万人以上或者5万人以上\n", [6]int64{}, 1},
	} {
		res := convert(t, parse(t, mapping), []byte(head+c.rows))
		it := res.Items[0]
		got := [6]int64{int64(it.AssessmentPeople), int64(it.AssessmentSensitive), int64(it.AssessmentAll), int64(it.ContractPeople), int64(it.ContractSensitive), int64(it.ContractAll)}
		if len(res.Items) != 1 || got != c.want || res.Open() != c.open {
			t.Errorf("%s: %d items, %v, open %+v; want %v", c.name, len(res.Items), got, res.Unmapped, c.want)
		}
	}
}

func TestUnread(t *testing.T) {
	data := "场景,子类,数据项,路径,阈值\n会员管理,a,x,视情况,大量\n会员管理,a,y,安全评估,大量\n会员管理,a,z,安全评估,1万人以上\n注：大量很多,,,视情况二,\n"
	sheets, err := annex.Read("annex", []byte(data))
	must(t, err)
	m := parse(t, mapping)
	tab, err := m.Find("annex", sheets)
	must(t, err)
	for f, want := range map[annex.Field][]string{annex.Threshold: {"大量"}, annex.Pathway: {"视情况"}, annex.Kind: nil} {
		got, err := m.Unread("annex", tab, f)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", f, err, diff)
		}
	}
	m.Values[annex.Threshold] = map[string]string{"大量": "10万人以上"}
	if got, err := m.Unread("annex", tab, annex.Threshold); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	for f, text := range map[annex.Field]string{annex.Threshold: "许多", annex.Pathway: "看看", annex.Kind: "别的"} {
		if m.Reads(f, text) == nil {
			t.Errorf("%s: %q is understood", f, text)
		}
	}
}
