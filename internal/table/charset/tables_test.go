package charset

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

var update = flag.Bool("update", false, "write tables.go")

// usual are words as tables have them, beside the names of languages and
// countries that x/text has in many languages.
var usual = map[string]string{
	"zh": `姓名 性别 年龄 出生日期 身份证号码 手机号 电话 地址 邮箱 部门 职务 公司 有限公司 客户 编号 订单 金额 数量 单价 日期 备注 状态 是否 男 女 会员 等级 城市 省份
		王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤
		伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉萍华建国文志海波宁欣宇浩然子轩雨涵思琪俊峰晓东梅婷雪飞鹏辉斌凯佳慧莹鑫晨阳春燕
		北京市朝阳区 上海市浦东新区世纪大道 广东省深圳市南山区科技园 江苏省南京市鼓楼区中山路 浙江省杭州市西湖区 四川省成都市 湖北省武汉市 山东省青岛市 河南省郑州市 福建省厦门市 重庆市 天津市 街道 小区 号楼 单元 室 村 镇 县
		的 一 是 不 了 在 人 有 我 他 这 个 们 中 来 上 大 为 和 国 地 到 以 说 时 要 就 出 会 可 也 你 对 生 能 而 子 那 得 于 着 下 自 之 年 过 发 后 作 里 用 道 行 所 然 家 种 事 成 方 多 经 么 去 法 学 如 都 同 现 当 没 动 面 起 看 定 天 分 还 进 好 小 部 其 些 主 样 理 心 她 本 前 开 但 因 只 从 想 实`,
	"zh-Hant": `姓名 性別 年齡 出生日期 身分證字號 手機 電話 地址 信箱 部門 職稱 公司 股份有限公司 客戶 編號 訂單 金額 數量 單價 日期 備註 狀態 是否 男 女 會員 等級 城市 縣市
		陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓馬阮董溫唐藍石蔣田歐康鄒白
		家豪志明俊傑建宏俊宏志豪志偉文雄承翰冠宇雅婷怡君雅雯心怡詩涵淑芬淑惠美玲麗華美惠淑貞惠如玉珍秀英大文小明建國
		臺北市信義區 新北市板橋區中山路 桃園市中壢區 臺中市西屯區 臺南市東區 高雄市左營區 新竹縣竹北市 彰化縣 屏東縣 香港九龍旺角彌敦道 中環 銅鑼灣 新界沙田 觀塘 大廈 樓 室 號 段 巷 弄 路 街 里 鄉 鎮 村
		的 一 是 不 了 在 人 有 我 他 這 個 們 中 來 上 大 為 和 國 地 到 以 說 時 要 就 出 會 可 也 你 對 生 能 而 子 那 得 於 著 下 自 之 年 過 發 後 作 裡 用 道 行 所 然 家 種 事 成 方 多 經 麼 去 法 學 如 都 同 現 當 沒 動 面 起 看 定 天 分 還 進 好 小 部 其 些 主 樣 理 心 她 本 前 開 但 因 只 從 想 實`,
	"ja": `氏名 名前 フリガナ 性別 年齢 生年月日 住所 電話番号 携帯 メール 部署 役職 会社名 株式会社 有限会社 顧客 番号 注文 金額 数量 単価 日付 備考 状態 男性 女性 会員 都道府県 市区町村 郵便番号
		佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 前田 藤田 小川 後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中島
		太郎 花子 健太 翔太 大輔 直樹 陽子 美咲 由美子 恵子 智子 裕子 健一 浩二 誠 翔 葵 結衣 さくら 美穂 香織 直人 学 修平 知実 真綾 くみ子 あすか
		東京都新宿区西新宿 東京都港区六本木 大阪府大阪市北区梅田 神奈川県横浜市中区 京都府京都市 愛知県名古屋市 北海道札幌市 福岡県福岡市博多区 埼玉県 千葉県 兵庫県神戸市 広島県 丁目 番地 号室 町 村 郡
		これは です ます した して いる ある する こと もの ため から まで など により について において お願いします ありがとうございます カタカナ データ システム サービス センター マンション ハイツ アパート コーポ`,
	"ko": `이름 성명 성별 나이 생년월일 주민등록번호 전화번호 휴대폰 주소 이메일 부서 직위 회사명 주식회사 고객 번호 주문 금액 수량 단가 날짜 비고 상태 남자 여자 회원 등급 도시
		김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용
		민수 영희 철수 지훈 서연 민준 서준 하준 도윤 지우 지민 수빈 예은 하은 지영 은정 미경 정희 영숙 순자 영호 성호 정훈 상훈 현우 준호 동현 예진 유진 은지 혜진 경희 미숙 정숙 영미 재호
		서울특별시 강남구 테헤란로 서초구 송파구 마포구 종로구 부산광역시 해운대구 대구광역시 인천광역시 광주광역시 대전광역시 울산광역시 경기도 수원시 성남시 분당구 용인시 고양시 강원도 충청북도 청주시 충청남도 천안시 전라북도 전주시 전라남도 경상북도 경상남도 창원시 제주특별자치도 읍 면 동 리 아파트 동 호 층 번지 길
		이 는 을 를 에 의 가 은 다 고 하 있 습니다 입니다 합니다 했다 그 것 수 등 및 또는 그리고 하지만 때문에 대한 위한 통해 관련 경우 사용 서비스 정보 관리 시스템 개인 처리 제공 동의`,
	"ru": `Имя Фамилия Отчество Телефон Адрес Город Дата рождения Компания Иванов Петров Смирнов Кузнецова Анна Мария Александр Дмитрий Сергей Москва улица Ленина дом квартира и в не на что он с это как по но из за`,
	"el": `Όνομα Επώνυμο Διεύθυνση Πόλη Τηλέφωνο και το να του η της με που την από για`,
	"de": `Straße Müller Jäger Schröder Größe für über Köln Düsseldorf München Österreich können`,
	"fr": `prénom société téléphone générale façade très être à où été numéro février août élève é è à`,
	"es": `año señor dirección teléfono González Muñoz Pérez José María Martínez García niño más está`,
	"pt": `São João não endereço Conceição Araújo ção ções você é`,
	"pl": `imię nazwisko miejscowość Łódź Kraków Wójcik Kowalczyk Wiśniewska Dąbrowski Zieliński się że są`,
	"cs": `jméno příjmení město Černý Novák Dvořák Procházka Kučera ž ř ě`,
	"tr": `İstanbul Şehir adı soyadı doğum günü müşteri Yılmaz Çelik Öztürk Güneş Kılıç ğ ı ş`,
}

// languages are the languages whose texts are in a charset: a model for each
// group that a comma ends.
var languages = []struct{ charset, codes string }{
	{"gb18030", "zh"}, {"big5", "zh-Hant"}, {"shift_jis", "ja, ja-kanji"}, {"euc-jp", "ja, ja-kanji"}, {"euc-kr", "ko"},
	{"windows-1252", "de, fr, es, pt, it, nl, sv, da nb, fi, is"}, {"windows-1250", "pl, cs sk, hu, hr sl, ro"},
	{"windows-1254", "tr"}, {"windows-1257", "lt, lv, et"}, {"windows-1251", "ru be, uk, bg mk, sr"}, {"windows-1253", "el"},
	{"windows-1255", "he"}, {"windows-1256", "ar, fa ur"}, {"windows-874", "th"}, {"iso-8859-2", "pl, cs sk, hu, hr sl, ro"},
	{"koi8-r", "ru"}, {"macintosh", "de, fr, es, pt, it, sv, da nb"}, {"ibm850", "de, fr, es, pt, it, sv, da nb"},
}

// weight is how often the words of usual count beside the names.
const weight = 6

// sample is text in a language.
func sample(code string) string {
	if code == "ja-kanji" { // tables without kana
		return strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Han, r) {
				return r
			}
			return ' '
		}, usual["ja"])
	}
	tag := language.MustParse(code)
	var b strings.Builder
	regions, names := display.Regions(tag), display.Languages(tag)
	for i := range 26 * 26 {
		two := string([]byte{'A' + byte(i/26), 'A' + byte(i%26)})
		if r, err := language.ParseRegion(two); err == nil {
			b.WriteString(regions.Name(r) + "\n")
		}
		if l, err := language.ParseBase(strings.ToLower(two)); err == nil {
			b.WriteString(names.Name(l) + "\n")
		}
	}
	b.WriteString(strings.Repeat(usual[code], weight))
	return b.String()
}

// mostCommon is how many characters a model of thousands knows one by one.
const mostCommon = 600

// learn makes a model.
func learn(of, codes string) model {
	m := model{charset: of}
	var count [256]float64
	seen := map[rune]float64{}
	all := 0.0
	s := scripts[of]
	for code := range strings.FieldsSeq(codes) {
		for _, r := range sample(code) {
			b, err := encodings[of].NewEncoder().String(string(r))
			if err != nil || r < utf8.RuneSelf {
				continue
			}
			size, class := s.units([]byte(b))
			if size != len(b) {
				continue
			}
			count[class]++
			all++
			if size == 2 {
				seen[r]++
			}
		}
	}
	sum := 0.0
	for i := range m.bits {
		p := (count[i] + 0.1) / (all + 25.6)
		m.bits[i] = uint8(min(255, math.Round(-math.Log2(p)*bit)))
		sum += count[i] * float64(m.bits[i])
	}
	m.usual = int(math.Round(sum / all))
	if len(seen) > 0 {
		runes := slices.SortedFunc(maps.Keys(seen), func(a, b rune) int {
			return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a, b))
		})
		runes = runes[:min(len(runes), mostCommon)]
		slices.Sort(runes)
		m.common = string(runes)
		m.usual += 13*bit/2 + otherBits
	}
	return m
}

// TestTables: tables.go is what the texts give.
func TestTables(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString("// Code generated by go test -run TestTables -update; DO NOT EDIT.\n\npackage charset\n\nvar models = []model{\n")
	if len(scripts) != len(languages) {
		t.Fatalf("%d charsets, languages of %d", len(scripts), len(languages))
	}
	for _, l := range languages {
		for codes := range strings.SplitSeq(l.codes, ", ") {
			m := learn(l.charset, codes)
			fmt.Fprintf(&b, "\t{ // %s\n\t\tcharset: %q, usual: %d, common: %q,\n\t\tbits: [256]uint8{", codes, m.charset, m.usual, m.common)
			for i, v := range m.bits {
				if i%32 == 0 {
					b.WriteString("\n\t\t\t")
				}
				fmt.Fprintf(&b, "%d, ", v)
			}
			b.WriteString("\n\t\t},\n\t},\n")
		}
	}
	b.WriteString("}\n")
	want, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("tables.go", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile("tables.go"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("tables.go is not what the texts give; run with -update (%v)", err)
	}
}
