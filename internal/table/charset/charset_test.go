package charset_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"hutong/internal/table/charset"
)

// texts are tables in the languages that the models do not know word by word.
var texts = map[string]string{
	"zh":      "编号,姓名,住址\n1,欧阳倩,贵阳市云岩区延安中路22号\n2,司马光耀,昆明市五华区翠湖南路9号\n3,诸葛瑾,兰州市城关区\n",
	"zh-Hant": "編號,姓名,住址\n1,歐陽倩,嘉義市西區垂楊路22號\n2,司徒耀輝,花蓮縣吉安鄉\n3,諸葛瑾,香港灣仔軒尼詩道\n",
	"ja":      "番号,氏名,住所\n1,柴田 雄介,宮城県仙台市青葉区 ライオンズマンション\n2,野口 彩乃,静岡県浜松市 メゾンさくら\n",
	"kanji":   "番号,氏名,住所\n1,柴田雄介,宮城県仙台市青葉区一番町\n2,野口彩乃,静岡県浜松市中央区\n3,内田光男,熊本県熊本市\n",
	"ko":      "번호,이름,주소\n1,김민수0,목포시 용당동\n2,독고영재,춘천시 효자동\n",
	"ru":      "номер,имя\n1,Екатерина Воробьёва\n2,Пётр Щукин\n3,Юлия Цветкова\n",
	"el":      "αριθμός,όνομα\n1,Γιώργος Παπαδόπουλος\n2,Ελένη Κωνσταντίνου\n",
	"pl":      "numer,imię\n1,Małgorzata Żółkiewska\n2,Święty Sęk\n3,Grażyna Kłącz\n4,Zdzisław Ćwikła\n5,Jędrzej Świąć\n6,Błażej Wąż\n",
	"de":      "Nr,Name,Straße\n1,Jürgen Weiß,Bäckergäßchen\n2,Günther Köhler,Königstraße\n3,Bärbel Mößner,Mühlweg\n",
	"tr":      "no,ad\n1,Ayşegül Işık\n2,Çağrı Değirmenci\n3,Şükrü Yıldırım\n4,Gökçe Kırımlı\n",
	"he":      "מספר,שם\n1,אברהם כהן\n2,שרה לוי\n3,דוד ביטון\n",
	"th":      "เลขที่,ชื่อ\n1,สมชาย ใจดี\n2,มาลี ศรีสุข\n",
}

func encode(t testing.TB, name, text string) []byte {
	t.Helper()
	b, err := charset.Encode(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]string{
		"utf-8": "zh", "gb18030": "zh", "big5": "zh-Hant", "shift_jis": "ja", "euc-jp": "ja", "iso-2022-jp": "ja", "euc-kr": "ko",
		"windows-1251": "ru", "koi8-r": "ru", "windows-1253": "el", "windows-1250": "pl", "windows-1252": "de", "windows-1254": "tr",
		"windows-1255": "he", "windows-874": "th", "utf-16le": "zh", "utf-16be": "ko",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := encode(t, name, texts[of])
			if got := charset.Detect(text, true); got.Name != name {
				t.Errorf("%+v", got)
			}
			out, err := io.ReadAll(charset.Decode(bytes.NewReader(text), name))
			if err != nil || string(out) != texts[of] {
				t.Errorf("decoded %q, %v", out, err)
			}
			for cut := range 5 { // in the middle of a character
				if got := charset.Detect(text[:len(text)-cut], false); got.Name != name && name != "utf-16le" && name != "utf-16be" {
					t.Errorf("without %d bytes: %+v", cut, got)
				}
			}
		})
	}
}

// Kanji alone are the hardest: few of them must not be sure to be Chinese.
func TestDetectUnsure(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		charset, text string
	}{
		"few kanji":    {"euc-jp", "氏名\n柴田\n"},
		"two accents":  {"windows-1250", "name\nMára\nEwa Łaś\n"},
		"one accent":   {"macintosh", "name\nRené\n"},
		"an old Latin": {"iso-8859-2", "imię\nŁaś\n"},
	} {
		text := encode(t, tc.charset, tc.text)
		got := charset.Detect(text, true)
		if got.Name != "" && got.Name != tc.charset {
			t.Errorf("%s: %+v is wrong", name, got)
		}
		if got.Name == "" && !slices.Contains(got.Candidates, tc.charset) {
			t.Errorf("%s: %q is not among %q", name, tc.charset, got.Candidates)
		}
	}
	for _, text := range []string{"a,b,c\n1,2,\x00\n", "a\x00,b\n1,2\n", "\x00id,name\n1,x\n"} {
		if got := charset.Detect([]byte(text), true); !got.Binary {
			t.Errorf("a zero in %q: %+v", text, got)
		}
	}
	if got := charset.Detect([]byte("a,b\n1,\xa9"), true); got.Name != "" || !slices.Contains(got.Candidates, "windows-1252") {
		t.Errorf("an accent at the end: %+v", got)
	}
	if got := charset.Detect(encode(t, "euc-jp", texts["kanji"]), true); got.Name != "euc-jp" {
		t.Errorf("kanji alone: %+v", got)
	}
	if got := charset.Detect([]byte("a\x00\x00\x01\x02b"), true); !got.Binary {
		t.Errorf("zeros: %+v", got)
	}
	noise := make([]byte, 0, 512)
	for i := range 512 {
		noise = append(noise, 0x80+byte(i*i*31+i*7)%0x7F)
	}
	if got := charset.Detect(noise, true); got.Name != "" {
		t.Errorf("noise: %+v", got)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "GBK": "gb18030", "SJIS": "shift_jis", "cp949": "euc-kr", "UTF8": "utf-8", "latin1": "iso-8859-1"} {
		if got, err := charset.Named(in); got != want || err != nil {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	if _, err := charset.Named("utf-9"); err == nil || !strings.Contains(err.Error(), "utf-9") {
		t.Errorf("error %v", err)
	}
	for _, name := range charset.Names() {
		if got, err := charset.Named(name); got != name || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// FuzzDetect: no bytes panic, what is detected decodes without errors, and the
// answer is the same again.
func FuzzDetect(f *testing.F) {
	for _, text := range texts {
		for _, name := range []string{"gb18030", "euc-kr", "shift_jis", "windows-1252"} {
			if b, err := charset.Encode(name, text); err == nil {
				f.Add(b, true)
			}
		}
	}
	f.Add([]byte("\x1b$B4A;z\x1b(B"), false)
	f.Fuzz(func(t *testing.T, block []byte, end bool) {
		got := charset.Detect(block, end)
		if got.Name != "" && (len(got.Candidates) > 0 || got.Binary) || len(got.Candidates) == 1 {
			t.Errorf("%+v", got)
		}
		if got.Name == "" || strings.HasPrefix(got.Name, "utf-16") || got.Name == "iso-2022-jp" {
			return
		}
		out, err := io.ReadAll(charset.Decode(bytes.NewReader(block), got.Name))
		if text := strings.TrimRight(string(out), "\uFFFD"); err != nil || got.Name != charset.UTF8 && strings.Contains(text, "\uFFFD") {
			t.Errorf("%s decodes to %q, %v", got.Name, text, err)
		}
	})
}
