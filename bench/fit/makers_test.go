package main

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// open are elements whose checks know only some of the right values.
var open = []string{"education_employment", "diagnosis", "ethnicity", "religion", "username_account", "membership", "policy_no", "order_no", "courier_waybill", "postal_address_latin", "org_name", "person_name_latin", "person_name_zh", "sex_gender", "coarse_region", "nationality", "marital_status", "blood_type", "political_affiliation", "medical_record_no", "amount", "age", "date_of_birth", "phone_intl"}

func checkMakers(t *testing.T, b *bank) {
	t.Helper()
	n := 0
	for id, list := range makers {
		r := rand.New(rand.NewPCG(1, 1))
		c, ok := element.Builtin().CheckOf(dataspace.ElementID(id))
		if _, known := element.Builtin().Lookup(dataspace.ElementID(id)); !known {
			t.Errorf("%s is no element", id)
		}
		if !ok || slices.Contains(open, id) {
			continue
		}
		n++
		for _, make := range list {
			for range 300 {
				if v := make(r, b); !c.Valid([]byte(v)) {
					t.Errorf("%s: %q does not pass", id, v)
					break
				}
			}
		}
	}
	if n < 25 {
		t.Errorf("%d elements have values that are checked", n)
	}
}
