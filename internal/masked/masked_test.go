package masked_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"hutong/internal/masked"
)

func TestOf(t *testing.T) {
	for s, want := range map[string]masked.Kind{
		"138****1234": masked.Mobile, "138 **** 1234": masked.Mobile, "159XXXX0001": masked.Mobile, "177●●●●8888": masked.Mobile, "+86 138****1234": masked.Mobile,
		"86-138####1234": masked.Mobile, "1380013***9": masked.Mobile,
		"310***********1234": masked.Identity, "3****************X": masked.Identity, "110105XXXXXXXX002X": masked.Identity,
		"**** **** **** 1234": masked.Card, "6222********1234": masked.Card, "622202*********1234": masked.Card, "XXXX-XXXX-XXXX-0001": masked.Card,
		"张*三": masked.Name, "王**": masked.Name, "*三": masked.Name, "陳○○": masked.Name, "李某某": masked.Name, "王X霞": masked.Name, "欧阳*明": masked.Name,
		"J*** S****": masked.Name,
		"j***@x.com": masked.Mail, "a**b@qq.com": masked.Mail, "z●●●@example.cn": masked.Mail, "j***@***.com": masked.Mail,

		"": masked.None, "*": masked.None, "***": masked.None, "138*1234": masked.None, "13800138000": masked.None, "张三": masked.None, "某某某": masked.None,
		"238****1234": masked.None, "138****12*4": masked.None, "138**●●1234": masked.None, "A***": masked.None, "xxx@x.com": masked.None, "a@b.com": masked.None,
		"4*5": masked.None, "1920x1080": masked.None, "100*200*300": masked.None, "**必填**": masked.None, "0x1234567890abcdef": masked.None, "2026****": masked.None,
		"C# programming": masked.None, "#12345678": masked.None,
	} {
		if got := masked.Of([]byte(s)); got != want {
			t.Errorf("%q is %d, want %d", s, got, want)
		}
	}
	v := []byte("欧阳*明")
	if n := testing.AllocsPerRun(100, func() { masked.Of(v) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A mobile number stays one whichever four digits or more are hidden between
// its first three and its last one.
func TestMobileProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		v := []byte("1380013800" + string(rune('0'+r.IntN(10))))
		from := 3 + r.IntN(3)
		to := from + 4 + r.IntN(10-from-3)
		sign := []byte("*#Xx")[r.IntN(4)]
		for i := from; i < to; i++ {
			v[i] = sign
		}
		if masked.Of(v) != masked.Mobile {
			t.Fatalf("%s is no mobile number", v)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, s := range []string{"138****1234", "张*三", "j***@x.com", "+86 138****1234", "J*** S****", "\xe2*"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if masked.Of(b) != masked.None && !bytes.ContainsAny(b, "*#Xx●○•∗×█■某") {
			t.Fatalf("%q hides nothing", b)
		}
	})
}
