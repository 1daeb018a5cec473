package dossier_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dossier"
)

var update = flag.Bool("update", false, "write what forms show when they are filled")

// Forms that were written without the rules in view, and converted by an office
// program. What is filled in them was read by a person and is kept as it is. At
// their first tries 6, 1, 7, 1 and 2 of their values were wrong; none may be again.
func TestUnseenForms(t *testing.T) {
	l := load(t)
	answers := answersFor(t, l, "cn/standard-contract", "cn/security-assessment-declaration", "cn/security-assessment", "cn/authorization", "cn/commitment")
	for name, least := range map[string]int{"third": 18, "fourth": 39, "fifth": 18, "sixth": 29, "seventh": 17} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+"-standin.docx"))
			if err != nil {
				t.Fatal(err)
			}
			d := write(t, l, dossier.Input{Kind: "cn/standard-contract", Flow: flowOf(), Answers: answers, Forms: []dossier.GivenForm{{Name: name + ".docx", Data: data}}})
			r := d.Forms[0]
			var b strings.Builder
			fmt.Fprintf(&b, "blanks %d, filled %d, by hand %d, open %d\n", r.Blanks, r.Filled, len(r.Hand), len(r.Open))
			for _, o := range r.Open {
				fmt.Fprintf(&b, "open: %s, %s, %s: %s\n", o.Place.EN, o.Label, o.Question, o.Why.EN)
			}
			for _, o := range r.Hand {
				fmt.Fprintf(&b, "by hand: %s, %s\n", o.Place.EN, o.Label)
			}
			b.WriteString(textOf(t, file(t, d, ".form."+name+".docx")))
			path := filepath.Join("testdata", name+"-filled.txt")
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Error(diff)
			}
			if r.Filled < least || r.Before != r.After {
				t.Errorf("only %d blanks are filled; fixed text %s before, %s after", r.Filled, r.Before, r.After)
			}
		})
	}
}
