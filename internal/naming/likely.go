package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hutong/internal/element"
	"hutong/internal/tagger"
)

// fullName is the check of a Chinese name: a family name and one or two more
// characters.
var fullName = func() func([]byte) bool {
	c, _ := element.Builtin().CheckOf("person_name_zh")
	return c.Valid
}()

// titles end a name of which a part is left out, or which is no Chinese one; callers
// stand before it.
var (
	titles  = strings.Fields("先生 女士 小姐 太太 老师 老師 医生 醫生 大夫 护士 護士 经理 經理 主任 师傅 師傅 同学 同學 同志 阿姨 叔叔 奶奶 爷爷 爺爺 哥 姐 总 總 董 工 局长 局長 院长 院長 教授 律师 律師 队长 隊長 家长 家長 本人")
	callers = strings.Fields("姓名 名叫 叫做 名字 我叫 我是 我系 叫 联系人 聯絡人 联系 聯繫 患者 客户 客戶 学生 學生 员工 員工 旅客 收件人 收货人 收貨人 签收人 簽收人 经办人 經辦人 先生 女士 小姐 老师 老師 医生 醫生 同学 同學 由 找 请 請 给 給 致 和 与 與 跟 向 被 让 讓 是 通知 告诉 告訴 转告 轉告 问 問 感谢 感謝 谢谢 謝謝")
	nicks   = "小老阿大"
)

// likely reports whether what the tagger takes for a Chinese name can be one where
// it stands. Texts that sell something are made of short parts without a verb, and
// the tagger takes what such a part ends with for a name. A name at the end of a
// part has a family name, a title, or a word before it that names call for.
func likely(text []byte, n tagger.Span) bool {
	name := text[n.From:n.To]
	runes := utf8.RuneCount(name)
	first, size := utf8.DecodeRune(name)
	switch {
	case fullName(name), strings.ContainsRune(string(name), '·'), strings.ContainsFunc(string(name), latinLetter):
		return true
	case runes == 2 && strings.ContainsRune(nicks, first):
		return fullName(append(name[size:len(name):len(name)], name[size:]...)) // 小王
	}
	before, after := string(text[:n.From]), string(text[n.To:])
	if next, _ := utf8.DecodeRuneInString(after); after != "" && !unicode.IsPunct(next) && !unicode.IsSpace(next) {
		return true // something is said of it
	}
	before = strings.TrimRightFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == '：' })
	for _, t := range titles {
		if strings.HasSuffix(string(name), t) {
			return true
		}
	}
	for _, c := range callers {
		if strings.HasSuffix(before, c) {
			return runes <= 5
		}
	}
	return false
}

func latinLetter(r rune) bool { return unicode.Is(unicode.Latin, r) }
