package nationalid

// PassportZone checks the second line of a passport's machine-readable zone
// (ICAO 9303, TD3): number, birth date and expiry with their check digits.
func PassportZone(b []byte) bool {
	if len(b) != 44 {
		return false
	}
	return zoneField(b[0:9], b[9]) && zoneField(b[13:19], b[19]) && zoneField(b[21:27], b[27]) && digits(b[13:19])
}

func zoneField(b []byte, check byte) bool {
	sum := 0
	for i, c := range b {
		v := 0
		switch {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		case c != '<':
			return false
		}
		sum += v * [3]int{7, 3, 1}[i%3]
	}
	return check >= '0' && check <= '9' && sum%10 == int(check-'0')
}
