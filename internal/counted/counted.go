// Package counted says what the classes of people that packs count mean for
// advice: who is in a class whatever data leaves, and what the law calls them.
package counted

import (
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

// Always are the people of a count who are in it whatever data of theirs leaves,
// and whether it is known how many they are.
func Always(f *dataspace.Facts, count string) (n int64, known bool) {
	d, ok := fact.Standard().Lookup(count)
	if !ok || d.AtLeast == "" {
		return 0, true
	}
	return f.Known.Int(d.AtLeast)
}

// NoneAlways says that nobody of a count is in it whatever data leaves. It uses
// the text of the class that the first of the packs declares for them. If no
// pack declares one, it uses the question of the table of facts. It is empty if
// the count has no such people.
func NoneAlways(count string, packs []*pack.Pack) dataspace.Text {
	d, ok := fact.Standard().Lookup(count)
	if !ok || d.AtLeast == "" {
		return dataspace.Text{}
	}
	for _, p := range packs {
		for _, c := range p.Document().Counts {
			switch {
			case c.Fact != d.AtLeast:
			case c.Of.Below > 0:
				return dataspace.Text{EN: "none of them is " + c.Text.EN, ZH: "不含" + c.Text.ZH + "的人"}
			default:
				return dataspace.Text{EN: "none of them is among: " + c.Text.EN, ZH: "不含以下人员：" + c.Text.ZH}
			}
		}
	}
	least, _ := fact.Standard().Lookup(d.AtLeast)
	return dataspace.Text{EN: `the answer is 0 to "` + least.Ask.EN + `"`, ZH: "对“" + least.Ask.ZH + "”的回答为0"}
}
