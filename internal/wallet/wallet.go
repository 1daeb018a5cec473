// Package wallet checks addresses of crypto currencies by their check digits.
package wallet

import "crypto/sha256"

// Base58Check reports whether a value is an address of Bitcoin in Base58Check:
// a version and a hash of 20 bytes, then the first four bytes of its double
// SHA-256. It allocates nothing.
func Base58Check(b []byte) bool {
	if len(b) < 26 || len(b) > 35 || b[0] != '1' && b[0] != '3' {
		return false
	}
	var raw [25]byte
	for _, c := range b {
		carry := int(digitOf[c]) - 1
		if carry < 0 {
			return false
		}
		for i := len(raw) - 1; i >= 0; i-- {
			carry += int(raw[i]) * 58
			raw[i] = byte(carry)
			carry >>= 8
		}
		if carry > 0 {
			return false // longer than an address
		}
	}
	if raw[0] != 0 && raw[0] != 5 {
		return false
	}
	first := sha256.Sum256(raw[:21])
	second := sha256.Sum256(first[:])
	return [4]byte(second[:4]) == [4]byte(raw[21:])
}

// digitOf is one more than the number of a character, 0 for one that Base58 does
// not have.
var digitOf = func() (t [256]byte) {
	for i, c := range []byte("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") {
		t[c] = byte(i + 1)
	}
	return t
}()
