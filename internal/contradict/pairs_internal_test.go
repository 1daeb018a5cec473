package contradict

import (
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
)

const texts = `, why: {en: a, zh: b}, do: {en: c, zh: d}}`

// TestPairs: a list with a pair that could never be found, or that would say
// nothing, is refused.
func TestPairs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pair, want string }{
		"good":         {`{id: x, sides: [{fact: data.core, is: ["true"]}, {fact: origin, known: true}]` + texts, ""},
		"good-days":    {`{id: x, sides: [{fact: storage.until, after: true}, {fact: data.important_notified_on}]` + texts, ""},
		"no-id":        {`{sides: [{fact: data.core, is: ["true"]}, {fact: origin, known: true}]` + texts, "an id of its own"},
		"no-text":      {`{id: x, sides: [{fact: data.core, is: ["true"]}, {fact: origin, known: true}], why: {en: a, zh: b}, do: {en: c}}`, "in both languages"},
		"no-fact":      {`{id: x, sides: [{fact: data.cores, is: ["true"]}, {fact: origin, known: true}]` + texts, `"data.cores" is no fact`},
		"no-value":     {`{id: x, sides: [{fact: origin, is: [moon]}, {fact: data.core, known: true}]` + texts, `origin is never "moon"`},
		"no-condition": {`{id: x, sides: [{fact: origin}, {fact: data.core, known: true}]` + texts, "it needs one of"},
		"two":          {`{id: x, sides: [{fact: origin, known: true, is: [abroad]}, {fact: data.core, known: true}]` + texts, "it needs one of"},
		"no-day":       {`{id: x, sides: [{fact: origin, before: true}, {fact: storage.until}]` + texts, "only days"},
		"other-no-day": {`{id: x, sides: [{fact: storage.until, before: true}, {fact: origin}]` + texts, "only days"},
		"one-side":     {`{id: x, sides: [{fact: data.core, is: ["true"]}]` + texts, "is no fact"},
		"unknown":      {`{id: x, sides: [{fact: data.core, may_be: ["true"]}, {fact: origin, known: true}]` + texts, "may_be"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readPairs([]byte("pairs:\n- " + c.pair))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := readPairs([]byte("pairs:\n- {id: x, sides: [{fact: data.core, known: true}, {fact: origin, known: true}]" + texts + "\n- {id: x, sides: [{fact: data.core, known: true}, {fact: origin, known: true}]" + texts)); err == nil {
		t.Error("two pairs have one id")
	}
}

// TestDays: two days are compared with each other.
func TestDays(t *testing.T) {
	t.Parallel()
	list, err := readPairs([]byte(`pairs: [{id: x, sides: [{fact: storage.until, after: true}, {fact: data.important_notified_on}]` + texts + `]`))
	if err != nil {
		t.Fatal(err)
	}
	for until, want := range map[string]int{"2026-01-03": 1, "2026-01-02": 0, "": 0} {
		var c Case
		c.Facts.Known.Set("storage.until", dataspace.TextOf(until))
		c.Facts.Known.Set("data.important_notified_on", dataspace.TextOf("2026-01-02"))
		if found := among(list, &c); len(found) != want {
			t.Errorf("%q: %v, want %d", until, found, want)
		}
	}
}

// TestToday: a day has come where it comes first.
func TestToday(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{"2026-06-15T09:59:59Z": "2026-06-15", "2026-06-15T10:00:00Z": "2026-06-16"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Today(now); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
}
