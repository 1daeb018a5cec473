// Package label knows the words in a text that say what a number beside them is,
// such as "phone" or "card". With such a word, a form is a proof that says
// little alone.
package label

import (
	"bytes"
	"strings"
)

// Kind is what a number is.
type Kind uint8

// The kinds. Other is said by words such as "order", so that an earlier word
// does not count.
const (
	None Kind = iota
	Telephone
	Card
	Other
)

// words are those that may stand in front of a number, with up to three words
// between.
var words = table(map[Kind]string{
	Telephone: `phone phones telephone tel mobile cell cellphone cellular landline fax call calls calling called dial ring hotline
		whatsapp sms voicemail answer answering message messages texting`,
	Card: `card cards cc visa mastercard amex unionpay`,
	Other: `order orders invoice ticket account policy ref reference case code tracking parcel flight room zip postcode box apt suite
		pin version amount price total item part serial batch date born birth iban ssn passport licence license street st road rd
		avenue ave version release page line model`,
})

// beside are words that count only right before a number with a colon, or right
// behind it.
var beside = table(map[Kind]string{Telephone: `phone telephone tel mobile cell fax office home work desk direct`})

// chinese are words that stand anywhere in front of a number, in the same
// sentence.
var chinese = []struct {
	word string
	kind Kind
}{
	{"电话", Telephone}, {"電話", Telephone}, {"手机", Telephone}, {"手機", Telephone}, {"座机", Telephone}, {"传真", Telephone}, {"傳真", Telephone},
	{"致电", Telephone}, {"来电", Telephone}, {"拨打", Telephone}, {"卡号", Card}, {"银行卡", Card}, {"信用卡", Card}, {"储蓄卡", Card}, {"卡號", Card},
	{"订单", Other}, {"单号", Other}, {"编号", Other}, {"日期", Other}, {"金额", Other}, {"身份证", Other}, {"邮编", Other}, {"发票", Other},
}

func table(lists map[Kind]string) map[string]Kind {
	out := map[string]Kind{}
	for kind, list := range lists {
		for _, w := range strings.Fields(list) {
			out[w] = kind
		}
	}
	return out
}

const (
	reach    = 40 // bytes in front of a number
	between  = 3  // words
	longest  = 12 // letters of a word
	behind   = 4  // signs between a number and a word behind it
	distance = 8  // bytes between a Chinese word and a number
)

// Of says what the words around text[start:end] say that it is. It allocates
// nothing.
func Of(text []byte, start, end int) Kind {
	if k := before(text[max(0, start-reach):start]); k != None {
		return k
	}
	return after(text[end:])
}

// before finds the nearest word in front of a number.
func before(b []byte) Kind {
	if at := bytes.LastIndexAny(b, ".!;。；！\n"); at >= 0 && at < len(b)-1 && (b[at] != '\n' || len(bytes.TrimSpace(b[at:])) > 0) {
		b = b[at:]
	}
	if k := han(b); k != None {
		return k
	}
	colon := bytes.HasSuffix(bytes.TrimRight(b, " \t\n"), []byte(":"))
	for n := 0; n <= between; n++ {
		b = bytes.TrimRightFunc(b, func(r rune) bool { return r < 0x80 && !letter(byte(r)) && (r < '0' || r > '9') })
		at := len(b)
		for at > 0 && letter(b[at-1]) {
			at--
		}
		if at == len(b) {
			return None // a number or a character of another script
		}
		if k := find(words, b[at:]); k != None {
			return k
		}
		if n == 0 && colon {
			if k := find(beside, b[at:]); k != None {
				return k
			}
		}
		b = b[:at]
	}
	return None
}

// han finds the last Chinese word near the end.
func han(b []byte) Kind {
	found, place := None, -1
	for _, c := range chinese {
		if at := bytes.LastIndex(b, []byte(c.word)); at > place && at+len(c.word) >= len(b)-distance {
			found, place = c.kind, at
		}
	}
	return found
}

// after is what a word right behind a number says.
func after(b []byte) Kind {
	at := 0
	for at < len(b) && at < behind && (b[at] == ' ' || b[at] == '-' || b[at] == '(') {
		at++
	}
	end := at
	for end < len(b) && letter(b[end]) {
		end++
	}
	return find(beside, b[at:end])
}

func find(in map[string]Kind, word []byte) Kind {
	if len(word) == 0 || len(word) > longest {
		return None
	}
	var lower [longest]byte
	for i, c := range word {
		lower[i] = c | 0x20
	}
	return in[string(lower[:len(word)])]
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
