package dossier_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

// authorFolder has the forms of a second author, who had never seen how forms are
// filled, and what he expects. They are stand-ins and no official texts.
//
// An expectation is the text of the form with its blanks as ⟦number=what⟧. What is
// the text that belongs there, or several with a | between, of which an empty one says that
// it may be left; ☑ and □ are boxes; "hand" is left for a person's hand, "office" for the
// office that receives the form; "-" does not apply; "?" is asked by no question of
// ours. A blank of several places has its number at each.
const authorFolder = "testdata/author"

var hole = regexp.MustCompile(`⟦(\d+)=([^⟧]*)⟧`)

// shown is the text that a reader of a document sees: a line for each paragraph.
func shown(t testing.TB, doc []byte) string {
	t.Helper()
	var b strings.Builder
	runs, within := 0, ""
	dec := xml.NewDecoder(strings.NewReader(part(t, doc, "word/document.xml")))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			within = e.Name.Local
			switch {
			case within == "r":
				runs++
			case within == "tab" && runs > 0:
				b.WriteByte('\t')
			case within == "br":
				b.WriteByte('\n')
			}
		case xml.CharData:
			if within == "t" {
				b.Write(e)
			}
		case xml.EndElement:
			within = ""
			switch e.Name.Local {
			case "r":
				runs--
			case "p":
				b.WriteByte('\n')
			}
		}
	}
}

// judged counts the blanks of a form by how they were filled.
type judged struct {
	right, left, none int // filled as expected; empty with an answer; empty as expected
	wrong             []string
	empty             []string
}

// judge compares a filled form with the form and with what is expected. A text
// that is in no blank must be that of the form.
func judge(t testing.TB, want, before, after string) judged {
	t.Helper()
	var pattern strings.Builder
	pattern.WriteString(`\A`)
	at := 0
	holes := hole.FindAllStringSubmatchIndex(want, -1)
	for _, h := range holes {
		pattern.WriteString(regexp.QuoteMeta(want[at:h[0]]) + `([^\n]*?)`)
		at = h[1]
	}
	re := regexp.MustCompile(pattern.String() + regexp.QuoteMeta(want[at:]) + `\z`)
	blankOf, full := re.FindStringSubmatch(before), re.FindStringSubmatch(after)
	if blankOf == nil || full == nil {
		t.Fatalf("a text that is no blank is not that of the form (form %v, filled %v):\n%s", blankOf != nil, full != nil, after)
	}
	blanks := map[int]*struct {
		touched, good, asks bool
		note                string
	}{}
	for i, h := range holes {
		n, _ := strconv.Atoi(want[h[2]:h[3]])
		may := strings.Split(want[h[4]:h[5]], "|")
		b := blanks[n]
		if b == nil {
			b = &struct {
				touched, good, asks bool
				note                string
			}{good: true}
			blanks[n] = b
		}
		got := strings.Trim(full[i+1], " \t\u3000\u00a0_")
		touched := full[i+1] != blankOf[i+1]
		empty := func(m string) bool { return slices.Contains([]string{"", "-", "?", "□", "hand", "office"}, m) }
		nothing := slices.ContainsFunc(may, empty)
		b.touched = b.touched || touched
		b.asks = b.asks || !empty(may[0])
		switch {
		case touched && may[0] == "☑":
			b.good = b.good && strings.Contains("☑☒●√", got)
		case touched:
			b.good = b.good && slices.Contains(may, got)
		default:
			b.good = b.good && nothing
		}
		b.note += fmt.Sprintf(" [%s want %s]", full[i+1], want[h[4]:h[5]])
	}
	var out judged
	for _, n := range slices.Sorted(maps.Keys(blanks)) {
		switch b := blanks[n]; {
		case !b.touched && b.asks:
			out.left++
			out.empty = append(out.empty, fmt.Sprintf("%d%s", n, b.note))
		case !b.touched:
			out.none++
		case b.good:
			out.right++
		default:
			out.wrong = append(out.wrong, fmt.Sprintf("%d%s", n, b.note))
		}
	}
	return out
}

// authorFlow is the flow of the hotel group.
func authorFlow() dossier.Flow {
	f := flowOf()
	f.Facts.Known.Set("exporter.registered_in", dataspace.TextOf("CN-ZJ"))
	f.Facts.Known.Set("exporter.subjects_processed", dataspace.IntOf(520_000))
	f.Facts.Known.Set("recipient.onward_to", dataspace.Value{})
	f.Plan.Columns = f.Plan.Columns[:2]
	f.Profile.Columns = f.Profile.Columns[:2]
	return f
}

// The forms of the second author are filled with no wrong value, nothing that is for
// a hand or an office, and no text where no blank is. Of the 122 blanks for which an
// answer is given 66 were right at the first try, and 6 values were wrong.
func TestAuthorForms(t *testing.T) {
	l := load(t)
	data, err := os.ReadFile(filepath.Join(authorFolder, "answers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := l.ParseAnswers(data)
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"contract": 38, "commitment": 8, "authorization": 15, "declaration": 43} {
		t.Run(name, func(t *testing.T) {
			form, err := os.ReadFile(filepath.Join(authorFolder, name+".docx"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(authorFolder, name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			d := write(t, l, dossier.Input{Kind: "cn/standard-contract", Flow: authorFlow(), Answers: answers, Forms: []dossier.GivenForm{{Name: name + ".docx", Data: form}}})
			r := d.Forms[0]
			j := judge(t, string(want), shown(t, form), shown(t, file(t, d, ".form."+name+".docx")))
			t.Logf("right %d, left %d, rightly empty %d, wrong %d; blanks %d, filled %d", j.right, j.left, j.none, len(j.wrong), r.Blanks, r.Filled)
			for _, e := range j.empty {
				t.Log("left ", e)
			}
			for _, w := range j.wrong {
				t.Error("wrong", w)
			}
			if j.right < least || r.Before != r.After {
				t.Errorf("%d right, want %d; fixed text %s before, %s after", j.right, least, r.Before, r.After)
			}
		})
	}
}
