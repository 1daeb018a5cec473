package element

import (
	"strings"
	"unicode/utf8"

	"hutong/internal/hanzi"
	"hutong/internal/latin"
	"hutong/internal/masked"
)

// surnames are the single-character family names of more than 97 in 100 people;
// compoundSurnames have two characters.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤康易乔赖文施洪牛季安葛庞颜鲍柳尚殷詹申柯翁温俞章梅华管盛路左齐樊岳倪卜祝兰庄游简骆涂关费裴霍童翟聂单纪项舒祁耿凌成谷柴包宁喻喜车房屈解牟冉连苗霞游艾辛瞿焦鲁邢米甄商席胥储应丛桂饶靳闵司古缪蓝臧敖符鞠苑佟郁冷娄卓楼苟满计戚查冼池曲蒲窦揭阮晏芦尧麦贝初练原宗巫隋佘匡植占于褚仇卫花井祖全郎虞明栾桑晋匡居邝劳胥谌仲佘"

const compoundSurnames = "欧阳上官司马诸葛东方夏侯皇甫尉迟公孙慕容令狐司徒端木长孙宇文轩辕百里呼延南宫西门独孤"

var surnameSet = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range surnames {
		m[string(r)] = true
	}
	return m
}()

// notNames are endings of words that look like a name: places, organisations,
// things, kinds.
const notNames = "省市区县镇乡村路街号楼室店厂院校司部局队组族型类式级等券卡费款险票单码员网站版件品课"

// isNameZH checks family name and length; a name is 2 to 4 characters, or
// longer with the dot of minority names.
func isNameZH(b []byte) bool {
	var buffer [48]byte
	b = hanzi.Simplify(buffer[:], b)
	if len(b) < 6 || len(b) > 45 || len(b)%3 != 0 && !strings.Contains(string(b), "·") {
		return false
	}
	chars, dots := 0, 0
	var last [3]byte
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r >= 0x4E00 && r <= 0x9FFF:
			copy(last[:], b[i:])
		case r == '·' && i > 0 && i+n < len(b):
			dots++
		default:
			return false
		}
		chars++
		i += n
	}
	if dots > 0 {
		return chars <= 15
	}
	if chars > 4 || strings.Contains(notNames, string(last[:])) {
		return false
	}
	if hasPair(compoundSurnames, b) {
		return chars >= 3
	}
	return chars <= 3 && surnameSet[string(b[:3])]
}

// isMaskedName accepts a name of which a part is hidden: 张*三, *三, J*** S****.
func isMaskedName(b []byte) bool {
	if masked.Of(b) != masked.Name {
		return false
	}
	var buffer [48]byte
	b = hanzi.Simplify(buffer[:], b)
	return b[0] < 0xE4 || b[0] > 0xE9 || surnameSet[string(b[:3])]
}

// isNameLatin checks that a cell may well name a person.
func isNameLatin(b []byte) bool { return latin.Builtin().Could(b, latin.Person) }

func nameSeparator(c byte) bool {
	return c == ' ' || c == '-' || c == '.' || c == ',' || c == '_' || c == '&'
}

// looksLatinName checks only the form: words of letters.
func looksLatinName(b []byte) bool {
	if len(b) < 2 || len(b) > 60 || !is(b[0], letter) && b[0] < 0xC3 {
		return false
	}
	spaces := 0
	for _, c := range b {
		switch {
		case is(c, letter), c == '\'', c >= 0x80:
		case nameSeparator(c):
			spaces++
		default:
			return false
		}
	}
	return spaces <= 5
}
