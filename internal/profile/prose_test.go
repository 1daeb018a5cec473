package profile_test

import (
	"fmt"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
)

// Sentences under a header without meaning may name people: such a column is
// never treated as harmless. Names of things and codes are not sentences.
func TestSentences(t *testing.T) {
	src := &rows{cells: [][]string{{"c1", "c2", "c3", "c4", "c5"}}}
	for i := range 300 {
		src.cells = append(src.cells, []string{
			fmt.Sprintf("Mrs Schmidt phoned about her hepatitis treatment, case %d", i),
			fmt.Sprintf("王小明反映肝炎治疗效果良好要求退款第%d次", i),
			fmt.Sprintf("PX-%06d", i*7919), "blue steel pipe", fmt.Sprintf("螺丝%d", i%7),
		})
	}
	p := profileSource(t, src, profile.Options{}).Profile
	for i, c := range p.Columns {
		review := c.Band == dataspace.BandReview && c.Element != nil && *c.Element == "review_text"
		if want := i < 2; review != want {
			t.Errorf("column %s is %v in band %s, want it reviewed: %t", c.Name, c.Element, c.Band, want)
		}
	}
}
