package main

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
)

// This file makes national numbers of Europe and addresses of crypto wallets.

func dutch(m maker) string {
	for {
		s := m.digits(9)
		if (weighted(s[:8], 9, 8, 7, 6, 5, 4, 3, 2)-int(s[8]-'0'))%11 == 0 && s[0] != '0' {
			return s
		}
	}
}

func spanish(m maker) string {
	n := m.IntN(1e8)
	return fmt.Sprintf("%08d%c", n, "TRWAGMYFPDXBNJZSQVHLCKE"[n%23])
}

func polish(m maker) string {
	y, mo, d := m.day()
	if y >= 2000 {
		mo += 20
	}
	body := fmt.Sprintf("%02d%02d%02d", y%100, mo, d) + m.digits(4)
	return body + fmt.Sprint((10-weighted(body, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10)
}

func healthService(m maker) string {
	for {
		body := m.one("4", "6", "7") + m.digits(8)
		if c := 11 - weighted(body, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11; c != 10 {
			return body[:3] + " " + body[3:6] + " " + body[6:] + fmt.Sprint(c%11)
		}
	}
}

func italian(m maker) string {
	const consonants = "BCDFGLMNPRSTVZ"
	y, mo, d := m.day()
	if m.IntN(2) == 0 {
		d += 40
	}
	body := m.from(consonants, 6) + fmt.Sprintf("%02d%c%02d", y%100, "ABCDEHLMPRST"[mo-1], d) + m.one("H501", "F205", "L219", "F839", "A944")
	odd := []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range len(body) {
		v := value(body[i])
		if v > 9 {
			v -= 10
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return body + upperLetters[sum%26:][:1]
}

func swedish(m maker) string {
	y, mo, d := m.day()
	body := fmt.Sprintf("%02d%02d%02d", y%100, mo, d) + m.digits(3)
	return body[:6] + "-" + body[6:] + luhn(body)
}

// german is a tax number of a person: one digit comes twice, and the check
// digit is that of ISO 7064 MOD 11,10.
func german(m maker) string {
	all := m.Perm(10)
	body := append([]int{}, all[:9]...)
	body = append(body, all[m.IntN(9)])
	m.Shuffle(10, func(i, j int) { body[i], body[j] = body[j], body[i] })
	if body[0] == 0 {
		return german(m)
	}
	product, out := 10, ""
	for _, d := range body {
		sum := (d + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
		out += fmt.Sprint(d)
	}
	return out + fmt.Sprint((11-product)%10)
}

func french(m maker) string {
	y, mo, _ := m.day()
	body := fmt.Sprintf("%d%02d%02d%02d%03d%03d", 1+m.IntN(2), y%100, mo, 1+m.IntN(19), 1+m.IntN(500), 1+m.IntN(900))
	n, _ := new(big.Int).SetString(body, 10) // digits only
	return body + fmt.Sprintf("%02d", 97-new(big.Int).Mod(n, big.NewInt(97)).Int64())
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// bitcoin is an address in Base58Check.
func bitcoin(m maker) string {
	raw := make([]byte, 21)
	for i := 1; i < len(raw); i++ {
		raw[i] = byte(m.IntN(256))
	}
	raw[1] |= 1 // one leading zero byte, so one leading 1
	first := sha256.Sum256(raw)
	second := sha256.Sum256(first[:])
	n, digit := new(big.Int).SetBytes(append(raw, second[:4]...)), new(big.Int)
	var out []byte
	for n.Sign() > 0 {
		n.DivMod(n, big.NewInt(58), digit)
		out = append([]byte{base58[digit.Int64()]}, out...)
	}
	return "1" + string(out)
}

// segwit is an address in Bech32 (BIP 173).
func segwit(m maker) string {
	const set = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	generator := []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	data := []byte{0} // the version
	for range 32 {
		data = append(data, byte(m.IntN(32)))
	}
	check := uint32(1)
	for _, v := range append(append([]byte{3, 3, 0, 2, 3}, data...), 0, 0, 0, 0, 0, 0) {
		top := check >> 25
		check = check&0x1ffffff<<5 ^ uint32(v)
		for i, g := range generator {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	check ^= 1
	for i := range 6 {
		data = append(data, byte(check>>(5*(5-i))&31))
	}
	var out strings.Builder
	for _, v := range data {
		out.WriteByte(set[v])
	}
	return "bc1" + out.String()
}

func ethereum(m maker) string { return "0x" + m.from("0123456789abcdef", 40) }
