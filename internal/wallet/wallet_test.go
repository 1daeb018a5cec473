package wallet_test

import (
	"testing"

	"hutong/internal/wallet"
)

func TestBase58Check(t *testing.T) {
	for s, want := range map[string]bool{
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":  true, // the first address of Bitcoin
		"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy":  true, // of BIP 16
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb":  false,
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a":  false,
		"2A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":  false,
		"1111111111111111111111111111111111":  false,
		"3zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz": false,
		"":                                    false,
	} {
		if wallet.Base58Check([]byte(s)) != want {
			t.Errorf("%s is %v", s, !want)
		}
	}
	address := []byte("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
	if n := testing.AllocsPerRun(100, func() { wallet.Base58Check(address) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
