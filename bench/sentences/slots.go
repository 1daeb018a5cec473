package sentences

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"hutong/bench/draw"
)

// This file makes names and things. The lists are of this program.

var (
	countriesEN = strings.Split("France,Germany,Italy,Spain,Portugal,Norway,Sweden,Denmark,Finland,Poland,Austria,Hungary,Romania,Greece,Turkey,Egypt,Morocco,Kenya,Nigeria,South Africa,India,Pakistan,China,Japan,South Korea,Vietnam,Thailand,Malaysia,Singapore,Indonesia,the Philippines,Australia,New Zealand,Canada,Mexico,Brazil,Argentina,Chile,Peru,Cuba,the Netherlands,Belgium,Switzerland,Ireland,the United States,the UK,USA,EU,Europe,Asia,Africa,Russia,Ukraine,Israel,Iran", ",")
	countriesZH = strings.Fields("中国 美国 英国 法国 德国 日本 韩国 印度 泰国 越南 新加坡 马来西亚 印尼 俄罗斯 乌克兰 西班牙 意大利 葡萄牙 巴西 阿根廷 墨西哥 加拿大 澳大利亚 新西兰 埃及 南非 肯尼亚 土耳其 沙特 以色列 伊朗 波兰 荷兰 瑞士 瑞典 挪威 欧盟 东盟")
	foreignZH   = strings.Fields("纽约 伦敦 巴黎 柏林 东京 大阪 首尔 曼谷 悉尼 墨尔本 温哥华 多伦多 洛杉矶 旧金山 莫斯科 鹿特丹 汉堡 迪拜 马尼拉 雅加达 吉隆坡 新德里 孟买 米兰 马德里 里斯本 圣保罗 香港 九龙 澳门 台北 高雄 台中 新竹 深水埗 铜锣湾 沙田 荃湾")
	brandsEN    = strings.Split("Samsung,Apple,Huawei,Lenovo,Sony,Panasonic,Philips,Siemens,Bosch,Miele,Dyson,Nike,Adidas,Puma,Toyota,Honda,Nissan,Ford,Tesla,Volvo,Renault,Fiat,Skoda,Dell,HP,Canon,Nikon,Epson,Lego,Ikea,Zara,Nestle,Danone,Lidl,Aldi,Tesco,Walmart,Target,Costco,Starbucks,Uber,Lyft,Airbnb,Netflix,Spotify,Google,Microsoft,Oracle,Visa,Mastercard,PayPal,Aspirin,Tylenol,Nescafe,Heinz,Gillette,Colgate,Nivea,Dove,Levi's,McDonald's,Wendy's,Chase,Barclays,HSBC,Citi,Allianz,Prudential", ",")
	brandsZH    = strings.Fields("华为 小米 海尔 格力 美的 联想 苹果 三星 松下 索尼 西门子 飞利浦 戴森 耐克 阿迪达斯 安踏 特步 丰田 本田 大众 比亚迪 特斯拉 宝马 奔驰 奥迪 蒙牛 伊利 光明 雀巢 康师傅 统一 茅台 五粮液 周大福 老凤祥 波司登 雅诗兰黛 兰蔻 李宁 王老吉 张小泉 全聚德 同仁堂 杜蕾斯 金龙鱼 百雀羚 方太 万和 万家乐 马可波罗 乐高 宜家 沃尔玛 肯德基 星巴克")
	goodsEN     = strings.Split("washing machine,fridge,kettle,toaster,oven,lamp,sofa,table,chair,bookcase,binder,stapler,pen set,paper,printer,laptop,phone,charger,headphones,camera,bicycle,helmet,tent,jacket,shoes,dress,coat,umbrella,backpack,watch,ring,toy car,doll,puzzle,coffee,tea,chocolate,bread,rice,wine,olive oil,steel pipes,tiles,paint,drill,hammer,screws,pump,tyres,filter,battery,router,keyboard,monitor,desk,mattress,pillow,towels,soap,shampoo,vitamins,mask,gloves", ",")
	goodsZH     = strings.Fields("手机 冰箱 洗衣机 空调 电脑 跑鞋 牛奶 矿泉水 白酒 电视 平板 耳机 键盘 衬衫 连衣裙 书包 雨伞 沙发 床垫 餐桌 灯具 水壶 电饭煲 吸尘器 轮胎 电池 滤芯 水泵 钢管 水泥 瓷砖 油漆 螺丝 化肥 大米 面粉 食用油 茶叶 咖啡 饼干 月饼 水果 蔬菜 鸡蛋 牛肉 海鲜 口罩 手套 洗发水 牙膏 纸巾 玩具 积木 图书 文具 打印机 路由器 显示器 充电宝 自行车 头盔 药品 针剂 样品 布料 纸箱")
	rolesEN     = strings.Split("manager,sales manager,head of sales,director,chief executive,engineer,nurse,teacher,accountant,secretary,driver,chairman,treasurer,project lead,analyst,consultant,editor,lawyer,dentist,receptionist,supervisor,technician,coach,chef,officer,CEO,CFO,Vice President", ",")
	rolesZH     = strings.Fields("财务部 人事部 销售部 市场部 技术部 采购部 行政部 客服部 法务部 仓储部 研发中心 董事会 监事会 办公室 工会 总经理 副总经理 经理 主管 店长 主任 副主任 部长 处长 科长 局长 书记 院长 校长 班主任 教研组 护士站 急诊科 内科 外科 儿科 骨科 物业 前台 保安 保洁 仓库 门卫 司机 邻居 快递员 厂家 供应商 客服 管理员 工程师 会计 出纳 律师 秘书 项目组 评审组 居委会 派出所 居民 家属 网点 驿站")
	suffixesEN  = strings.Split("Ltd,Limited,Inc.,LLC,Group,Bank,Holdings,Trading,Foods,Logistics,Shipping Co.,Airlines,Insurance,Hospital,University,College,School,Institute,Systems,Motors,Energy,Pharma,Media,Partners,& Sons,& Co,GmbH,Pte Ltd,Corporation,Foundation,Clinic,Hotel,Stores", ",")
	tradesZH    = strings.Fields("科技 贸易 物流 食品 建材 医药 电子 文化 实业 投资 置业 餐饮 传媒 机械 化工 服饰 农业 能源")
	formsZH     = strings.Fields("有限公司 有限责任公司 股份有限公司 集团 公司 厂 银行 医院 大学 中学 小学 酒店 超市 药店 诊所 研究院 保险 证券 商行 店 分公司 支行")
	titlesEN    = strings.Fields("Mr Mr. Mrs Mrs. Ms Ms. Dr Dr. Prof. Sir Madam Miss Captain Judge Sgt. Lady Rev.")
	monthsEN    = strings.Fields("January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sept Oct Nov Dec")
	daysEN      = strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	streetsEN   = strings.Fields("Street St Road Rd Avenue Ave Lane Drive Court Square Boulevard Way Close Terrace Crescent Place")
	titlesZH    = strings.Fields("先生 女士 小姐 老师 经理 总 医生 主任 师傅 教授 律师 阿姨 叔叔 局长 处长 书记 院长 同学 博士")
	translated  = strings.Fields("约翰 史密斯 玛丽 汤姆 杰克 迈克尔 大卫 威廉 詹姆斯 罗伯特 安娜 露西 艾米丽 凯特 彼得 保罗 马克 史蒂夫 乔治 查尔斯 亨利 伊丽莎白 索菲亚 布朗 琼斯 泰勒 威尔逊 安德森 托马斯 约翰逊 施密特 穆勒 杜邦 伊万诺夫 彼得罗夫 穆罕默德 阿里 阿卜杜拉 哈桑 拉吉夫 辛格 卡洛斯 费尔南多 罗德里格斯 冈萨雷斯 席尔瓦 菲利普 弗朗索瓦 汉斯 奥尔森 哈里 凯文 贝克 格林 怀特 摩根 克林 唐纳德 阿诺德 丹尼尔 亚当 雅各布 本杰明 维多利亚")
	minority    = strings.Fields("古丽 买买提 买买提江 阿依古丽 阿不都 艾力 吐尔逊 热依汗 努尔 帕提古丽 迪丽拜尔 玉素甫 库尔班 阿布都热西提 木合塔尔 阿迪力 哈力克 赛力克 叶尔兰 巴合提 努尔兰 别克 加娜提 扎西 卓玛 次仁 达瓦 旺堆 拉姆 才让 多吉 央金 格桑 尼玛 丹增 白玛 巴特尔 其其格 乌云 苏和 格日勒 朝鲁 娜仁 斯琴 阿木 依火 吉克 沙马 曲比 惹古 阿依 木呷 石一")
	givenLatin  = strings.Fields("Tony Vivian Kelvin Jason Vicky Eric Amy Winnie Ivan Jacky Peggy Cherry Mandy Alvin Queenie Samson Yoyo Carmen Raymond Candy")
)

// latin chooses names of one country.
func (b *Bank) latin(r *rand.Rand) Names {
	if r.IntN(5) < 2 || len(b.Countries) == 0 {
		if len(b.English.Given) > 0 && len(b.English.Family) > 0 {
			return b.English
		}
	}
	return b.Countries[r.IntN(len(b.Countries))]
}

// capitalised begins a syllable of pinyin with a capital.
func capitalised(s string) string {
	if s == "" {
		return s
	}
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// speller writes Chinese names in Latin letters.
type speller struct{ scripts Scripts }

func (s speller) pinyin(r *rand.Rand, b *Bank) (family, given string) {
	f := s.scripts.Pinyin(b.family(r))
	g := s.scripts.Pinyin(b.given(r))
	for i := range f {
		f[i] = capitalised(f[i])
	}
	family = strings.Join(f, "")
	switch r.IntN(4) {
	case 0:
		for i := range g {
			g[i] = capitalised(g[i])
		}
		return family, strings.Join(g, " ")
	case 1:
		g[0] = capitalised(g[0])
		return family, strings.Join(g, "-")
	}
	return family, capitalised(strings.Join(g, ""))
}

func (b *Bank) cantonese(r *rand.Rand, char rune) string {
	if list := b.Roman[string(char)]; len(list) > 0 {
		return capitalised(list[r.IntN(min(2, len(list)))])
	}
	return "Wing"
}

// hongKong is a name as in Hong Kong: CHAN Tai Man, Chan Tai-man, Tony Chan.
func (s speller) hongKong(r *rand.Rand, b *Bank) (family, given string) {
	f := []rune(s.scripts.Traditional(b.family(r)))
	family = b.cantonese(r, f[0])
	var parts []string
	for _, c := range s.scripts.Traditional(b.given(r)) {
		parts = append(parts, b.cantonese(r, c))
	}
	given = strings.Join(parts, " ")
	if r.IntN(3) == 0 {
		given = strings.Join(parts[:1], "") + "-" + strings.ToLower(strings.Join(parts[1:], "-"))
		given = strings.TrimSuffix(given, "-")
	}
	return family, given
}

// family is a Chinese family name.
func (b *Bank) family(r *rand.Rand) string {
	if r.IntN(12) == 0 {
		return draw.Pick(r, b.Rare)
	}
	return draw.Pick(r, b.Surnames)
}

// given is a Chinese given name: of a list, or of two characters that occur in
// such names.
func (b *Bank) given(r *rand.Rand) string {
	switch n := r.IntN(20); {
	case n < 4 && len(b.One) > 0:
		return draw.Pick(r, b.One)
	case n < 8:
		x, y := []rune(draw.Pick(r, b.Two)), []rune(draw.Pick(r, b.Two))
		return string([]rune{x[0], y[len(y)-1]})
	}
	return draw.Pick(r, b.Two)
}

// whole is a name of a person in Chinese characters.
func (b *Bank) whole(r *rand.Rand) string {
	switch n := r.IntN(40); {
	case n == 0:
		return draw.Pick(r, minority) + "·" + draw.Pick(r, minority)
	case n == 1:
		return draw.Pick(r, translated) + "·" + draw.Pick(r, translated)
	case n == 2:
		if r.IntN(2) == 0 {
			return draw.Pick(r, translated)
		}
		return draw.Pick(r, b.Transliterated)
	case n == 3:
		return draw.Pick(r, b.Japanese.Family) + draw.Pick(r, b.Japanese.Given)
	}
	return b.family(r) + b.given(r)
}

// western is a given and a family name in Latin letters.
func (s speller) western(r *rand.Rand, b *Bank) (given, family string) {
	switch n := r.IntN(20); {
	case n == 0:
		family, given = s.hongKong(r, b)
		return given, family
	case n <= 2:
		family, given = s.pinyin(r, b)
		return given, family
	}
	n := b.latin(r)
	given, family = draw.Pick(r, n.Given), draw.Pick(r, n.Family)
	if r.IntN(8) == 0 {
		m := b.latin(r)
		family = draw.Pick(r, m.Family)
	}
	if r.IntN(25) == 0 {
		family += "-" + draw.Pick(r, n.Family)
	}
	return given, family
}

// full is a whole name in Latin letters, in one of its forms.
func (s speller) full(r *rand.Rand, b *Bank) string {
	given, family := s.western(r, b)
	switch n := r.IntN(32); {
	case n == 0:
		return string([]rune(given)[:1]) + ". " + family
	case n == 1 && given[0] < utf8.RuneSelf:
		return given + " " + string(rune('A'+r.IntN(26))) + ". " + family
	case n == 2:
		return given + " " + draw.Pick(r, b.latin(r).Given) + " " + family
	case n == 3:
		return family + ", " + given
	case n == 4:
		return strings.ToUpper(family) + " " + given
	case n == 5:
		return given + " " + strings.ToUpper(family)
	case n == 6:
		return family + " " + given
	case n == 7:
		return given + " " + draw.Pick(r, []string{"van", "van der", "de", "von", "bin", "binti", "al", "El", "da", "dos", "Mac", "O'"}) + " " + family
	case n == 8:
		return given + " " + family + " " + draw.Pick(r, b.latin(r).Family)
	case n == 9:
		return draw.Pick(r, titlesEN) + " " + family
	case n == 10:
		return draw.Pick(r, titlesEN) + " " + given + " " + family
	case n == 11:
		return given + " " + family + draw.Pick(r, []string{" Jr.", " III", " Sr."})
	case n < 15:
		return given
	case n == 15:
		return family
	}
	return given + " " + family
}

// fullName is the same as pieces: a title is no part of the name.
func (s speller) fullName(r *rand.Rand, b *Bank) []piece {
	name := s.full(r, b)
	for _, t := range titlesEN {
		if rest, ok := strings.CutPrefix(name, t+" "); ok {
			return []piece{{text: t + " "}, {text: rest, name: true}}
		}
	}
	return person(name)
}

func (b *Bank) word(r *rand.Rand) string {
	for {
		if w := b.Words[r.IntN(min(len(b.Words), 30_000))]; len(w) > 2 && !strings.Contains(w, "'") {
			return capitalised(w)
		}
	}
}

func (s speller) company(r *rand.Rand, b *Bank) string {
	switch r.IntN(9) {
	case 0:
		return draw.Letters(r, 2+r.IntN(3), draw.Capitals)
	case 1:
		return draw.Pick(r, brandsEN)
	case 2:
		return draw.Pick(r, b.Cities) + " " + draw.Pick(r, suffixesEN)
	case 3:
		return "University of " + draw.Pick(r, b.Cities)
	case 4:
		return b.word(r) + " " + b.word(r) + " " + draw.Pick(r, suffixesEN)
	case 5:
		return b.word(r) + b.word(r)
	case 6:
		_, f := s.western(r, b)
		return f + " " + draw.Pick(r, suffixesEN)
	}
	return b.word(r) + " " + draw.Pick(r, suffixesEN)
}

func (s speller) street(r *rand.Rand, b *Bank) string {
	name := b.word(r)
	switch r.IntN(4) {
	case 0:
		_, name = s.western(r, b)
	case 1:
		name = draw.Pick(r, b.Cities)
	case 2:
		name = draw.Pick(r, strings.Fields("Main High Church Park Mill Oak Elm Station King Queen Bridge Lake Hill"))
	}
	if r.IntN(3) == 0 {
		return s.abroad(r, b, name)
	}
	return name + " " + draw.Pick(r, streetsEN)
}

// abroad is a street as other countries write it.
func (s speller) abroad(r *rand.Rand, b *Bank, name string) string {
	given, family := s.western(r, b)
	who := draw.Pick(r, []string{family, family, given + " " + family, name})
	switch r.IntN(3) {
	case 0:
		return who + draw.Pick(r, []string{"straat", "strasse", "straße", "gasse", "weg", "laan", "gata", "gade", "vägen", "allee", "katu", "tie", " utca", " u."})
	case 1:
		return draw.Pick(r, []string{"Rue ", "Rua ", "Via ", "Calle ", "C/ ", "Avenida ", "Av. ", "Rue de ", "rue du ", "Via dei ", "Paseo de ", "ul. ", "Jalan ", "Viale ", "Plaza ", "Praça "}) + who
	}
	return who + " " + draw.Pick(r, streetsEN) + draw.Pick(r, []string{"", ", Suite " + draw.Digits(r, 3), " Apt. " + draw.Digits(r, 2), ", Box " + draw.Digits(r, 3), ", Floor " + draw.Digits(r, 1)})
}

func amount(r *rand.Rand) string {
	switch r.IntN(6) {
	case 0:
		return fmt.Sprint(r.IntN(100))
	case 1:
		return fmt.Sprintf("%d.%02d", r.IntN(3000), r.IntN(100))
	case 2:
		return draw.Digits(r, 6+r.IntN(6))
	case 3:
		return draw.Letters(r, 2, draw.Capitals) + draw.Digits(r, 5)
	case 4:
		return fmt.Sprint("1", draw.Digits(r, 10))
	}
	return fmt.Sprint(1 + r.IntN(31))
}

func dateText(r *rand.Rand) string {
	y, m, d := draw.Date(r, 1950, 2026)
	switch r.IntN(7) {
	case 0:
		return fmt.Sprintf("%d %s %d", d, monthsEN[m-1], y)
	case 1:
		return fmt.Sprintf("%s %d", monthsEN[m-1], y)
	case 2:
		return fmt.Sprint(y)
	case 3:
		return draw.Pick(r, daysEN)
	case 4:
		return fmt.Sprintf("%s %d, %d", monthsEN[m-1], d, y)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func (s speller) mail(r *rand.Rand, b *Bank) string {
	g, f := s.western(r, b)
	return strings.ToLower(strings.ReplaceAll(g+"."+f, " ", "")) + "@" + draw.Pick(r, strings.Fields("example.com mail.com web.de qq.com 163.com")) + ""
}

// closest is something that stands where a name could, in English.
func (s speller) closest(r *rand.Rand, b *Bank) string {
	switch r.IntN(12) {
	case 0, 1:
		return draw.Pick(r, b.Cities)
	case 2:
		return draw.Pick(r, countriesEN)
	case 3, 4:
		return s.company(r, b)
	case 5:
		return draw.Pick(r, brandsEN)
	case 6:
		return "the " + draw.Pick(r, rolesEN)
	case 7:
		return b.word(r) + " " + b.word(r)
	case 8:
		return s.street(r, b)
	case 9:
		return draw.Pick(r, []string{draw.Pick(r, monthsEN), draw.Pick(r, daysEN)})
	case 10:
		return "the " + draw.Pick(r, goodsEN)
	}
	return b.word(r)
}

func (s speller) ship(r *rand.Rand, b *Bank) string {
	switch r.IntN(4) {
	case 0:
		return "Ever " + b.word(r)
	case 1:
		return "MSC " + draw.Pick(r, b.Cities)
	case 2:
		g, _ := s.western(r, b)
		return draw.Pick(r, []string{"Queen ", "Lady ", "Princess ", "Maersk "}) + g
	}
	return b.word(r) + " " + draw.Pick(r, strings.Fields("Star Express Spirit Sea Wind Trader Ocean"))
}

// english fills the places of English frames.
func (s speller) english(r *rand.Rand, b *Bank, slot string) ([]piece, error) {
	given, family := s.western(r, b)
	switch slot {
	case "P":
		return s.fullName(r, b), nil
	case "F":
		return person(given), nil
	case "L":
		return person(family), nil
	case "f":
		return person(strings.ToLower(given)), nil
	case "l":
		return person(strings.ToLower(family)), nil
	case "I":
		return person(family + ", " + given), nil
	case "M":
		return person(string(rune('A' + r.IntN(26)))), nil
	case "!L":
		return thing(family), nil
	case "!F":
		return thing(given), nil
	case "Y":
		if r.IntN(2) == 0 {
			return s.fullName(r, b), nil
		}
		return thing(s.closest(r, b)), nil
	case "X":
		return thing(strings.TrimPrefix(s.closest(r, b), "the ")), nil
	case "C":
		return thing(draw.Pick(r, b.Cities)), nil
	case "N":
		return thing(draw.Pick(r, countriesEN)), nil
	case "O":
		return thing(s.company(r, b)), nil
	case "B":
		return thing(draw.Pick(r, brandsEN)), nil
	case "G":
		g := draw.Pick(r, goodsEN)
		if r.IntN(3) == 0 {
			g = allCapitalised(g)
		}
		return thing(g), nil
	case "R":
		return thing(s.street(r, b)), nil
	case "A":
		switch r.IntN(8) {
		case 0:
			return thing(fmt.Sprint(s.street(r, b), " ", 1+r.IntN(900))), nil
		case 1:
			return thing("P.O. Box " + draw.Digits(r, 3)), nil
		}
		return thing(fmt.Sprint(1+r.IntN(900), " ", s.street(r, b))), nil
	case "S":
		return thing(s.ship(r, b)), nil
	case "J":
		return thing(draw.Pick(r, rolesEN)), nil
	case "W":
		return thing(b.word(r)), nil
	case "D":
		return thing(dateText(r)), nil
	case "#":
		return thing(amount(r)), nil
	case "E":
		return thing(s.mail(r, b)), nil
	}
	return nil, fmt.Errorf("there is no slot %q", slot)
}

func allCapitalised(s string) string {
	words := strings.Fields(s)
	for i := range words {
		words[i] = capitalised(words[i])
	}
	return strings.Join(words, " ")
}

func (b *Bank) placeZH(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return draw.Pick(r, foreignZH)
	}
	p := draw.Pick(r, b.Places)
	parts := strings.FieldsFunc(p, func(c rune) bool { return c == '省' || c == '市' })
	if len(parts) == 0 || r.IntN(5) == 0 {
		return p
	}
	w := draw.Pick(r, parts)
	if r.IntN(2) == 0 {
		w = strings.TrimRightFunc(w, func(c rune) bool { return c == '区' || c == '县' })
	}
	if utf8.RuneCountInString(w) < 2 {
		return p
	}
	return w
}

func (b *Bank) companyZH(r *rand.Rand) string {
	name := draw.Pick(r, b.Brands)
	switch r.IntN(5) {
	case 0:
		return b.placeZH(r) + name + draw.Pick(r, tradesZH) + draw.Pick(r, formsZH)
	case 1:
		return b.placeZH(r) + draw.Pick(r, formsZH)
	case 2:
		return draw.Pick(r, brandsZH)
	}
	return name + draw.Pick(r, []string{"", draw.Pick(r, tradesZH)}) + draw.Pick(r, formsZH)
}

func (b *Bank) wordZH(r *rand.Rand) string { return b.Nouns[r.IntN(min(len(b.Nouns), 20_000))] }

func (b *Bank) roadZH(r *rand.Rand) string {
	name := draw.Pick(r, strings.Fields("人民 中山 解放 建设 和平 长江 黄河 文化 新华 科技 学院 滨江 光明 幸福"))
	switch r.IntN(3) {
	case 0:
		name = string([]rune(b.placeZH(r))[:2])
	case 1:
		name = draw.Pick(r, b.Two)
	}
	return name + draw.Pick(r, strings.Fields("路 街 大道 巷 东路 西路 南街 北路"))
}

func (b *Bank) closestZH(r *rand.Rand) string {
	switch r.IntN(9) {
	case 0:
		return b.placeZH(r)
	case 1:
		return draw.Pick(r, countriesZH)
	case 2:
		return b.companyZH(r)
	case 3:
		return draw.Pick(r, brandsZH)
	case 4:
		return b.wordZH(r)
	case 5, 6:
		return draw.Pick(r, b.Misnamed)
	case 7:
		return draw.Pick(r, rolesZH)
	}
	return draw.Pick(r, goodsZH)
}

func (s speller) chinese(r *rand.Rand, b *Bank, slot string) ([]piece, error) {
	switch slot {
	case "P":
		if r.IntN(12) == 0 {
			return []piece{{text: b.family(r), name: true}, {text: draw.Pick(r, titlesZH)}}, nil
		}
		return person(b.whole(r)), nil
	case "s":
		return person(b.family(r)), nil
	case "k":
		switch r.IntN(4) {
		case 0:
			return person("阿" + string([]rune(b.given(r))[:1])), nil
		case 1:
			g := []rune(b.given(r))
			return person(string(g[len(g)-1]) + string(g[len(g)-1])), nil
		}
		return person(draw.Pick(r, []string{"小", "老", "小"}) + draw.Pick(r, b.Surnames)), nil
	case "Y":
		if r.IntN(2) == 0 {
			return s.chinese(r, b, "P")
		}
		return thing(b.closestZH(r)), nil
	case "X":
		return thing(b.closestZH(r)), nil
	case "V":
		return thing(draw.Pick(r, b.Misnamed)), nil
	case "Q":
		g, f := s.western(r, b)
		switch r.IntN(3) {
		case 0:
			return person(draw.Pick(r, givenLatin)), nil
		case 1:
			return person(g), nil
		}
		return person(g + " " + f), nil
	case "h":
		f, g := s.hongKong(r, b)
		switch r.IntN(4) {
		case 0:
			return person(strings.ToUpper(f) + " " + g), nil
		case 1:
			return person(draw.Pick(r, givenLatin) + " " + f), nil
		case 2:
			return person(draw.Pick(r, givenLatin)), nil
		}
		return person(f + " " + g), nil
	case "C":
		return thing(b.placeZH(r)), nil
	case "N":
		return thing(draw.Pick(r, countriesZH)), nil
	case "O":
		return thing(b.companyZH(r)), nil
	case "B":
		return thing(draw.Pick(r, brandsZH)), nil
	case "G":
		return thing(draw.Pick(r, goodsZH)), nil
	case "J":
		return thing(draw.Pick(r, rolesZH)), nil
	case "R":
		return thing(b.roadZH(r)), nil
	case "A":
		return thing(fmt.Sprintf("%s%s%d号%s", draw.Pick(r, b.Places), b.roadZH(r), 1+r.IntN(900), draw.Pick(r, []string{"", fmt.Sprintf("%d室", 100+r.IntN(2000)), fmt.Sprintf("%d栋%d单元", 1+r.IntN(30), 1+r.IntN(6))}))), nil
	case "S":
		return thing(draw.Pick(r, []string{b.given(r), draw.Pick(r, b.Brands), b.placeZH(r)}) + draw.Pick(r, []string{"", "号", "轮", draw.Digits(r, 2)})), nil
	case "W":
		return thing(b.wordZH(r)), nil
	case "D":
		y, m, d := draw.Date(r, 1950, 2026)
		return thing(fmt.Sprintf(draw.Pick(r, []string{"%d年%d月%d日", "%d-%02d-%02d", "%[2]d月%[3]d日", "%[1]d年", "%d/%d/%d"}), y, m, d)), nil
	case "#":
		return thing(amount(r)), nil
	case "E":
		return thing(s.mail(r, b)), nil
	}
	return nil, fmt.Errorf("there is no slot %q", slot)
}

// recased writes a sentence in other cases now and then. The places of names
// stay, as long as no letter changes its length.
func recased(r *rand.Rand, s Sentence) Sentence {
	var text string
	switch n := r.IntN(30); {
	case n < 4:
		text = strings.ToLower(s.Text)
	case n < 6:
		text = strings.ToUpper(s.Text)
	case n == 6:
		up := true
		text = strings.Map(func(c rune) rune {
			was := up
			up = unicode.IsSpace(c)
			if was {
				return unicode.ToUpper(c)
			}
			return c
		}, s.Text)
	default:
		return s
	}
	if len(text) != len(s.Text) {
		return s
	}
	s.Text = text
	return s
}

// Countries are names of countries in English.
func Countries() []string { return countriesEN }
