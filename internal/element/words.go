package element

import "strings"

// wordList is a set of short lower-case ASCII words, or of Chinese words.
type wordList map[string]struct{}

// maxWord is the length of the longest word or cell of a set, in bytes.
const maxWord = 48

func wordSet(list string) wordList {
	w := wordList{}
	for _, s := range strings.Fields(list) {
		w[s] = struct{}{}
	}
	return w
}

// has looks b up, ignores ASCII case and does not allocate.
func (w wordList) has(b []byte) bool {
	var store [maxWord]byte
	if len(b) > len(store) {
		return false
	}
	low := store[:len(b)]
	for i, c := range b {
		if is(c, upper) {
			c += 32
		}
		low[i] = c
	}
	_, ok := w[string(low)]
	return ok
}

// phraseSet is a set of whole cells: words joined by single spaces.
func phraseSet(list string) wordList {
	w := wordList{}
	for s := range strings.SplitSeq(list, ",") {
		w[strings.TrimSpace(s)] = struct{}{}
	}
	return w
}

var (
	countryCodes = wordSet(`ad ae af ag al am ao ar at au az ba bb bd be bf bg bh bi bj bn bo br bs bt bw by bz ca cd cf cg
		ch ci cl cm cn co cr cu cv cy cz de dj dk dm do dz ec ee eg er es et fi fj fm fr ga gb gd ge gh gm gn gq gr gt
		gw gy hk hn hr ht hu id ie il in iq ir is it jm jo jp ke kg kh ki km kn kp kr kw kz la lb lc li lk lr ls lt lu
		lv ly ma mc md me mg mh mk ml mm mn mo mr mt mu mv mw mx my mz na ne ng ni nl no np nr nz om pa pe pg ph pk pl
		ps pt pw py qa ro rs ru rw sa sb sc sd se sg si sk sl sm sn so sr ss st sv sy sz td tg th tj tl tm tn to tr tt
		tv tw tz ua ug us uy uz va vc ve vn vu ws ye za zm zw`)
	countryCodes3 = wordSet(`abw afg ago alb and are arg arm atg aus aut aze bdi bel ben bfa bgd bgr bhr bhs bih blr blz
		bol bra brb brn btn bwa caf can che chl chn civ cmr cod cog col com cpv cri cub cyp cze deu dji dma dnk dom dza
		ecu egy eri esp est eth fin fji fra fsm gab gbr geo gha gin gmb gnb gnq grc grd gtm guy hkg hnd hrv hti hun idn
		ind irl irn irq isl isr ita jam jor jpn kaz ken kgz khm kir kna kor kwt lao lbn lbr lby lca lie lka lso ltu lux
		lva mac mar mco mda mdg mdv mex mhl mkd mli mlt mmr mne mng moz mrt mus mwi mys nam ner nga nic nld nor npl nru
		nzl omn pak pan per phl plw png pol prk prt pry pse qat rou rus rwa sau sdn sen sgp slb sle slv smr som srb ssd
		stp sur svk svn swe swz syc syr tcd tgo tha tjk tkm tls ton tto tun tur tuv twn tza uga ukr ury usa uzb vat vct
		ven vnm vut wsm yem zaf zmb zwe`)
	countryNames = phraseSet(`china,singapore,united states,united kingdom,japan,germany,france,italy,spain,canada,australia,india,indonesia,malaysia,thailand,vietnam,philippines,south korea,korea,hong kong,macau,taiwan,russia,brazil,mexico,netherlands,switzerland,sweden,norway,denmark,finland,poland,portugal,ireland,belgium,austria,greece,turkey,egypt,south africa,nigeria,kenya,argentina,chile,colombia,peru,new zealand,uae,united arab emirates,saudi arabia,israel,pakistan,bangladesh,sri lanka,myanmar,cambodia,laos,chinese,american,british,japanese,german,french,singaporean,malaysian,indian,korean,中国,美国,英国,日本,德国,法国,新加坡,韩国,俄罗斯,加拿大,澳大利亚,马来西亚,印度,印度尼西亚,泰国,越南,菲律宾,意大利,西班牙,荷兰,瑞士,瑞典,巴西,墨西哥,新西兰,中国香港,中国澳门,中国台湾`)
)

func isCountry(b []byte) bool {
	switch len(b) {
	case 2:
		return countryCodes.has(b)
	case 3:
		return countryCodes3.has(b) || countryNames.has(b)
	}
	return countryNames.has(b)
}

// provinceNames begin the Chinese names of regions.
const provinceNames = "北京天津河北山西内蒙辽宁吉林黑龙上海江苏浙江安徽福建江西山东河南湖北湖南广东广西海南重庆四川贵州云南西藏陕西甘肃青海宁夏新疆香港澳门台湾"

// cityNames are large cities, written without the name of their province.
const cityNames = "广州深圳杭州南京苏州成都武汉西安青岛厦门宁波长沙合肥郑州济南福州大连沈阳无锡佛山东莞昆明哈尔长春太原石家南宁贵阳南昌珠海温州常州烟台徐州嘉兴"

func hasPair(list string, b []byte) bool {
	if len(b) < 6 {
		return false
	}
	for i := 0; i+6 <= len(list); i += 6 {
		if list[i:i+6] == string(b[:6]) {
			return true
		}
	}
	return false
}

// isRegionZH accepts the Chinese name of a province or large city with at most
// a suffix after it.
func isRegionZH(b []byte) bool {
	return len(b) <= 30 && (hasPair(provinceNames, b) || hasPair(cityNames, b)) && !hasDigit(b)
}

func isRegion(b []byte) bool { return isRegionZH(b) || isCountry(b) }

func isICD10(b []byte) bool {
	if len(b) < 3 || len(b) > 8 || !is(b[0], upper) || b[0] == 'U' || !is(b[1], digit) || !is(b[2], alnum) {
		return false
	}
	return len(b) == 3 || b[3] == '.' && len(b) > 4 && all(b[4:], digit|upper)
}

// isTrialSubject is the usual form of study site and subject: 01-701-1015.
func isTrialSubject(b []byte) bool {
	parts, n := 0, 0
	for _, c := range b {
		switch {
		case is(c, digit|upper):
			n++
		case (c == '-' || c == '.' || c == '/') && n >= 2:
			parts, n = parts+1, 0
		default:
			return false
		}
	}
	return parts >= 1 && parts <= 4 && n >= 3 && !isNumber(b) && len(b) >= 8 && len(b) <= 30 && hasDigit(b)
}

// isNumber accepts a decimal number, with thousands separators, a sign, a
// currency sign or a percent sign.
func isNumber(b []byte) bool {
	digits := 0
	for i, c := range b {
		switch {
		case is(c, digit):
			digits++
		case c == '.' || c == ',' || c == '%' && i == len(b)-1:
		case i == 0 && (c == '-' || c == '+' || c == '$'):
		case (c == 'e' || c == 'E') && digits > 0 && i+1 < len(b):
		case (c == '-' || c == '+') && (b[i-1] == 'e' || b[i-1] == 'E'):
		case i <= 2 && len(b) > 3 && (b[0] == 0xC2 || b[0] == 0xEF): // ¥ and its full-width form
		default:
			return false
		}
	}
	return digits > 0
}

func isAge(b []byte) bool {
	if len(b) > 3 && len(b) <= 6 { // 34岁
		if n := len(b) - 3; string(b[n:]) == "岁" {
			b = b[:n]
		}
	}
	v, decimals, ok := decimal(b)
	return ok && decimals <= 2 && v >= 0 && v <= 120 && b[0] != '-'
}

// isCode checks the form of a system's number: one word of letters and digits
// with at least one digit.
func isCode(b []byte) bool {
	if len(b) < 1 || len(b) > 64 {
		return false
	}
	digits := false
	for _, c := range b {
		switch {
		case is(c, digit):
			digits = true
		case is(c, letter), c == '-', c == '_', c == '/', c == '.', c == '*':
		default:
			return false
		}
	}
	return digits
}

// isWord accepts one token without spaces, such as a user name or a code.
func isWord(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == ',' || c == ';' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 64
}

// hasText reports whether the cell contains a letter of any script.
func hasText(b []byte) bool {
	for _, c := range b {
		if is(c, letter) || c >= 0xC3 {
			return true
		}
	}
	return false
}
