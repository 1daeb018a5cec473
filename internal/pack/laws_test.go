package pack_test

import (
	"strings"
	"testing"

	"hutong/internal/pack"
)

// An overlay cites the laws of the pack below and its own; a law that is
// described twice is refused with its place.
func TestLaws(t *testing.T) {
	const laws = "laws:\n- {name: Act, title: 《法》, levels: [款, 项]}\n"
	files := declared(t)
	edit(t, files, "xx/made/pack.yaml", "rules:\n", laws+"rules:\n")
	edit(t, files, "xx/over/pack.yaml", "rules:\n", "laws:\n- {name: List, title: 清单}\nrules:\n")
	over, err := pack.Load(files, "xx/over")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*pack.Pack{over, over.Base()} {
		if got := p.Chinese("Act, art. 5(1)(2)"); got != "《法》第五条第一款第二项" {
			t.Errorf("%s cites %q", p.ID(), got)
		}
	}
	if got := over.Chinese("List, art. 5"); got != "清单第五条" {
		t.Errorf("its own: %q", got)
	}
	for _, r := range over.Rules() {
		if r.ArticleZH != over.Chinese(r.Article) {
			t.Errorf("%s: %q", r.ID, r.ArticleZH)
		}
	}
	edit(t, files, "xx/made/pack.yaml", laws, laws+"- {name: Act, title: 《另法》}\n")
	if _, err := pack.Load(files, "xx/made"); err == nil || !strings.Contains(err.Error(), `xx/made/pack.yaml: laws: law "Act" is there twice`) {
		t.Errorf("twice: %v", err)
	}
}
