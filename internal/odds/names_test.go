package odds_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/element"
	"hutong/internal/odds"
)

// found is the element that a column of values is found to be.
func found(name, list string) string {
	m := odds.New(element.Builtin(), odds.Builtin())
	c := &odds.Column{}
	m.Name(c, name)
	m.Begin(c)
	var scratch odds.Scratch
	for _, v := range strings.Split(list, "|") {
		c.Values++
		c.Add(m.Try(&scratch, []byte(v)), 1)
	}
	c.Distinct, c.Texts = int(c.Values), c.Values
	s := m.Table([]*odds.Column{c})
	if s[0].Best == nil {
		return ""
	}
	return string(s[0].Best.Element.ID)
}

// TestNames: names of people, places, companies and things look alike word by
// word, and not as a column.
func TestNames(t *testing.T) {
	for _, tc := range []struct{ name, values, want string }{
		{"c1", "Margaret Holloway|Henrik Lund|Priya Raghavan|Tom Ashworth|Lucia Ferrante|Olga Petrova", "person_name_latin"},
		{"c1", "HOLLOWAY, MARGARET|LUND, HENRIK|RAGHAVAN, PRIYA|ASHWORTH, TOM|FERRANTE, LUCIA", "person_name_latin"},
		{"c1", "M Holloway|H J Lund|Mr T Ashworth|P Raghavan|Mrs L Ferrante", "person_name_latin"},
		{"c1", "Zhang Xiaoling|Li Jianguo|Wang Meili|Chen Zhiyuan|Liu Yang|Zhao Lihua", "person_name_latin"},
		{"c1", "Savannah|Aurora|Chester|Lancaster|Winchester|Sheffield|Lyon|Adelaide|Alexandria|Orlando", "coarse_region"},
		{"c1", "January|February|March|April|May|June|July|August|September|October|November|December", ""},
		{"c1", "Daisy|Iris|Lily|Violet|Rosemary|Heather|Ivy|Tulip|Orchid|Magnolia|Begonia|Hydrangea", ""},
		{"c1", "Nordwind Logistics GmbH|Ashworth & Sons Ltd|Cobalt Technologies Inc|First Bank of Leeds|Lund Shipping Group", "org_name"},
		{"c1", "Ga (Ghana)|Leeds (UK)|Bergen (Norway)|Porto (Portugal)|Graz (Austria)", "coarse_region"},
		{"name", "Blue wool scarf|Steel kettle 2 l|Oak table|Garden hose|Desk lamp|Tea towel", ""},
		{"last_name", "Holloway|Lund|Raghavan|Ashworth|Lancaster|Sheffield|Chester", "person_name_latin"},
		{"c1", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa|12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX", "crypto_wallet"},
		{"weight", "300 kg|1200 kg|45 kg|80 kg|95 kg", ""},
	} {
		if got := found(tc.name, tc.values); got != tc.want {
			t.Errorf("%s of %.40s… is %q instead of %q", tc.name, tc.values, got, tc.want)
		}
	}
}

// What a comment says of one column says nothing of the next one of that name.
func TestNameAgain(t *testing.T) {
	m := odds.New(element.Builtin(), odds.Builtin())
	var first, second, third odds.Column
	m.Name(&first, "联系")
	m.Comment(&first, "电子邮箱")
	m.Name(&second, "联系")
	odds.New(element.Builtin(), odds.Builtin()).Name(&third, "联系")
	if diff := cmp.Diff(third.Named, second.Named); diff != "" {
		t.Errorf("a name read again (-first +again):\n%s", diff)
	}
	if len(first.Matches) == len(second.Matches) {
		t.Fatal("the comment says nothing, so that the test shows nothing")
	}
}
