package tagger_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hutong/internal/tagger"
	"hutong/words"
)

// found are the names in a text.
func found(r *tagger.Reader, text string) (out []string, p float64) {
	in := r.Read([]byte(text))
	for _, n := range in.Names {
		out = append(out, text[n.From:n.To])
	}
	return out, in.P
}

// TestNames: names are found in both scripts and in English, with their ends.
func TestNames(t *testing.T) {
	r := tagger.NewReader(tagger.Builtin())
	for text, want := range map[string]string{
		"昨天下午陈志远来门店退了一台冰箱，说压缩机太吵。":                                           "陈志远",
		"患者欧阳雪梅术后第三天，伤口愈合良好。":                                                "欧阳雪梅",
		"請轉告林淑芬，她訂的書到了。":                                                     "林淑芬",
		"收货人：阿依古丽·买买提，乌鲁木齐市天山区":                                              "阿依古丽·买买提",
		"The parcel for Margaret Holloway was left with the porter.":         "Margaret Holloway",
		"Dear Mr. Okonkwo, your visa is ready for collection.":               "Okonkwo",
		"Spoke with Priya Raghunathan this morning, she will pay on Friday.": "Priya Raghunathan",
		"Minutes of the meeting. Present: Tom Becker, Li Na, A. Dubois.":     "Tom Becker|Li Na|A. Dubois",
	} {
		got, p := found(r, text)
		if strings.Join(got, "|") != want || p < .5 {
			t.Errorf("%s: %q with %.2f", text, got, p)
		}
	}
}

// TestNobody: texts about things, places, companies, ships, weather, law, code
// and logs name nobody.
func TestNobody(t *testing.T) {
	r := tagger.NewReader(tagger.Builtin())
	wrong := 0
	list := strings.Split(strings.TrimSpace(nobody), "\n")
	for _, text := range list {
		if got, p := found(r, text); p >= .5 {
			wrong++
			t.Logf("%s: %q with %.2f", text, got, p)
		}
	}
	if wrong*10 > len(list) {
		t.Errorf("%d of %d texts without a person are said to name one", wrong, len(list))
	}
}

const nobody = `
The washing machine stopped after two weeks and the shop refused to take it back.
Stainless steel kettle with a wooden handle, 1.7 litres, black or white.
Heavy rain is expected in Manchester and Leeds until Thursday morning.
The vessel left Rotterdam for Busan with 4,200 containers on board.
Shares of Nestle and Unilever fell after both companies cut their forecasts.
Article 12 applies to carriers that are registered in Norway or Denmark.
Turn left into Baker Street, then take the second exit to Victoria Park.
2026-03-01 12:00:01 ERROR OrderService: timeout after 3000 ms, retry 2 of 5
func parse(input string) (Result, error) { return Result{}, nil }
SELECT city, count(*) FROM stores GROUP BY city ORDER BY count(*) DESC
The meeting in June is moved to August because the hall in Geneva is closed.
Click Settings, then Privacy, to change who can see your orders.
Our warehouse in Shenzhen ships phones, tablets and chargers to all of Europe.
The new Honda Civic comes with a hybrid engine and costs less than the Ford Focus.
Take two tablets of Ibuprofen after meals and drink plenty of water.
The museum in Florence is open from Tuesday to Sunday, tickets cost 12 euros.
Deluxe oak dining table with four chairs, free delivery within Germany
Bring boots, a raincoat and a sleeping bag; the hut has no electricity.
The University of Toronto and Harvard Medical School published the study in Nature.
Please return the blue folder to room 214 before the end of the month.
这台冰箱用了两周就不制冷了，商家拒绝退货。
不锈钢电水壶，容量一点七升，黑色白色可选。
预计周四上午之前，杭州和宁波有大到暴雨。
货轮昨日离开宁波舟山港，载有四千二百个集装箱。
受业绩预告影响，格力电器和美的集团股价双双下跌。
第十二条　在本市登记的承运人应当遵守本办法。
沿中山路直行，在人民广场左转进入延安东路。
系统将于今晚十点进行升级，期间无法下单。
请点击设置，选择隐私，修改谁可以看到您的订单。
仓库周一到周五发货，周末休息，节假日顺延。
本田思域混合动力版上市，售价低于福特福克斯。
布洛芬每日两次，饭后服用，多喝水。
故宫博物院周一闭馆，门票六十元，需提前预约。
实木餐桌配四把椅子，江浙沪包邮，支持安装。
马铃薯和白菜涨价，黄瓜和番茄价格平稳。
高温天气持续，市民应尽量减少户外活动。
方便面、矿泉水和白糖已经补货，牛奶还缺。
公司年会定在明珠大酒店，请各部门提前安排。
該貨輪昨日離開高雄港，船上載有化學品。
本條例適用於在香港註冊的承運人及其代理。
港鐵荃灣綫列車服務受阻，預計十五分鐘後恢復。
`

// A line of signs is no name, whatever stands around it.
func TestSigns(t *testing.T) {
	r := tagger.NewReader(tagger.Builtin())
	for _, text := range []string{"-- ----------------------------\n-- Records of stock\n-- ----------------------------\n", "***** === 12.50 === *****"} {
		for _, n := range r.Read([]byte(text)).Names {
			if name := text[n.From:n.To]; !strings.ContainsFunc(name, unicode.IsLetter) {
				t.Errorf("%q is a name in %q", name, text)
			}
		}
	}
}

// TestData: the data that comes with the program can be read, is small, and has
// words of every list.
func TestData(t *testing.T) {
	if len(words.Tagger) > 1_500_000 {
		t.Errorf("%d bytes", len(words.Tagger))
	}
	if _, err := tagger.Parse(words.Tagger); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 5, 20, 1000, len(words.Tagger) / 2, len(words.Tagger) - 1} {
		if _, err := tagger.Parse(words.Tagger[:n]); err == nil {
			t.Errorf("the first %d bytes are read without an error", n)
		}
	}
	if _, err := tagger.Parse(append([]byte("x"), words.Tagger...)); err == nil {
		t.Error("no error with another beginning")
	}
}

// TestWritten: what is written is read.
func TestWritten(t *testing.T) {
	d := tagger.Data{Folds: map[rune]rune{'陳': '陈'}, Line: tagger.Line{Factor: 1}, Weights: make([]int8, tagger.Tags<<4)}
	l := tagger.NewLexicon(nil, d.Folds)
	d.Entries = []uint32{l.Key("smith", tagger.Surname), l.Key("陈", tagger.Surname)}
	slices.Sort(d.Entries)
	m, err := tagger.Parse(d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if in := tagger.NewReader(m).Read([]byte("陳 smith")); in.P <= 0 || in.P >= 1 {
		t.Errorf("without weights: %v", in)
	}
}

// A text in traditional characters is read as the same in simplified ones.
func TestScripts(t *testing.T) {
	r := tagger.NewReader(tagger.Builtin())
	_, a := found(r, "陈国华已经付款，请尽快发货。")
	_, b := found(r, "陳國華已經付款，請儘快發貨。")
	if a < .5 || b < .5 {
		t.Errorf("simplified %.3f, traditional %.3f", a, b)
	}
}

// Reading one text does not change what is said of another one.
func TestReader(t *testing.T) {
	r := tagger.NewReader(tagger.Builtin())
	text := "Please call Hannah Lindqvist about the keys."
	first, p := found(r, text)
	found(r, strings.Repeat("王小明和李雷在北京。", 200))
	found(r, "")
	if again, q := found(r, text); !slices.Equal(first, again) || p != q {
		t.Errorf("%v %v, then %v %v", first, p, again, q)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "Dear Mr. O'Neil,", "客户王小明\xff\xfe", "\n\n\t", strings.Repeat("a王1", 300), "İßŉ"} {
		f.Add([]byte(s))
	}
	r := tagger.NewReader(tagger.Builtin())
	f.Fuzz(func(t *testing.T, text []byte) {
		in := r.Read(text)
		if !(in.P >= 0 && in.P <= 1) {
			t.Fatalf("P is %v", in.P)
		}
		at := 0
		for _, n := range in.Names {
			if n.From < at || n.To <= n.From || n.To > len(text) || !(n.P >= 0 && n.P <= 1) {
				t.Fatalf("%+v in %d bytes after %d", n, len(text), at)
			}
			if utf8.Valid(text) && !utf8.Valid(text[n.From:n.To]) {
				t.Fatalf("%+v cuts a character", n)
			}
			at = n.To
		}
	})
}

func FuzzParse(f *testing.F) {
	d := tagger.Data{Folds: map[rune]rune{'陳': '陈'}, Entries: []uint32{64, 4096}, Line: tagger.Line{Factor: 1}, Weights: make([]int8, tagger.Tags<<3)}
	f.Add(d.Bytes())
	f.Add([]byte("hutong tagger 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tagger.Parse(data)
		if err != nil {
			return
		}
		tagger.NewReader(m).Read(bytes.Repeat([]byte("Smith 王 "), 10))
	})
}

// BenchmarkRead measures notes of some hundred bytes.
func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"en": "Spoke with Priya Raghunathan this morning about the delayed parcel, she will pay on Friday and asked us to leave it with the porter at number 12.",
		"zh": "昨天下午客户陈志远来门店退了一台冰箱，说压缩机太吵，已登记并安排师傅周五上门取件，退款三日内到账。",
	} {
		b.Run(name, func(b *testing.B) {
			r := tagger.NewReader(tagger.Builtin())
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.Read([]byte(text))
			}
		})
	}
}
