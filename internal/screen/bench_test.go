package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/screen"
)

// BenchmarkScreen compares one recipient with a list of 20,000 entries.
func BenchmarkScreen(b *testing.B) {
	var text strings.Builder
	text.WriteString("id,name,alias\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d,Company %c%c%c Number %d Trading Ltd,某公司%d贸易有限公司\n", i, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, i, i)
	}
	w := newWorld(&testing.T{})
	if _, err := w.Import(b.Context(), list("list"), []byte(text.String()), eve); err != nil {
		b.Fatal(err)
	}
	r := recipient("Merlion Customer Care Pte Ltd", "鱼尾狮客户服务有限公司")
	for i := 0; b.Loop(); i++ {
		r.Name.EN = fmt.Sprintf("Merlion Customer Care %d Pte Ltd", i) // no comparison is remembered
		if got, err := w.Screen(b.Context(), r); err != nil || got[0].Result != screen.Clear {
			b.Fatal(got, err)
		}
	}
}
