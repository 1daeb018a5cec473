package element

import "testing"

// No name of a place has a digit, so a text with one is not looked up.
func TestPlacesHaveNoDigits(t *testing.T) {
	for _, list := range []*wordList{places.countryCodes, places.countryCodes3, places.countryNames, places.named, places.parts} {
		if len(list.words) == 0 {
			t.Error("an empty list")
		}
		for name := range list.words {
			if hasDigit([]byte(name)) {
				t.Errorf("%q has a digit", name)
			}
		}
	}
}
