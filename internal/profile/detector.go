package profile

import (
	"math"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// detector says how strongly the values of a column support or contradict an
// element. The numbers are estimates. They are in one place so that they can be
// fitted to labelled columns later.
type detector struct {
	id dataspace.ElementID
	// hit is the share of values that pass if the column is the element, miss
	// the share if it is something else.
	hit, miss float64
	// ceil is the strongest support by values alone, floor the strongest
	// contradiction, both in nats (5 outweighs the prior).
	ceil, floor float64
	prior       float64 // added to the common prior
}

// detectors of elements that were fitted. A floor of 0 is for checks that know
// only some of the right values.
var detectors = []detector{
	{"cn_resident_id", .95, .0005, 10, 6, 0},
	{"cn_gat_residence_permit", .95, .0001, 10, 6, 0},
	{"cn_foreigner_pr_card", .9, .002, 6, 5, 0},
	{"cn_hm_travel_permit", .9, .02, 2, 6, 0},
	{"cn_passport", .93, .03, 3, 4, 0},
	{"passport_other", .9, .2, .5, 4, 0},
	{"hkid", .93, .01, 9, 5, 0},
	{"tw_national_id", .93, .01, 8.5, 5, 0},
	{"sg_nric_fin", .93, .005, 9, 5, 0},
	{"us_ssn", .97, .01, 8, 5, 0},
	{"kr_jp_id", .95, .01, 7.5, 5, 0},
	{"person_name_zh", .9, .08, 6.5, 6, 0},
	{"person_name_latin", .6, .03, 7.5, 2, 0},
	{"date_of_birth", .97, .3, .8, 7, 0},
	{"age", .98, .4, .3, 8, 0},
	{"sex_gender", .98, .02, 5.5, 4, 0},
	{"ethnicity", .9, .01, 7, 0, 0},
	{"nationality", .95, .03, 1.5, 3, 0},
	{"marital_status", .97, .01, 7, 2, 0},
	{"political_affiliation", .97, .005, 8, 2, 0},
	{"education_employment", .8, .02, 6, 0, 0},
	{"religion", .95, .02, 6, 2, 0},
	{"blood_type", .98, .03, 3.5, 6, 0},
	{"salary_income", .98, .4, .3, 7, 0},
	{"mobile_cn", .97, .01, 9, 6, 0},
	{"phone_intl", .95, .03, 6.5, 5, 0},
	{"email", .98, .001, 10, 7, 0},
	{"postal_address_zh", .85, .01, 8, 4, 0},
	{"postal_address_latin", .75, .01, 8, 2, 0},
	{"postcode", .97, .1, 1, 5, 0},
	{"im_account", .95, .001, 9, 0, 0},
	{"imei_meid", .97, .005, 8.5, 5, 0},
	{"imsi_iccid", .95, .05, 2.5, 5, 0},
	{"mac_address", .98, .001, 10, 7, 0},
	{"ip_address", .98, .002, 9, 7, 0},
	{"ad_id", .98, .02, 1, 4, 0},
	{"user_agent_log", .95, .001, 9, 0, 0},
	{"url", .95, .001, 9, 5, 0},
	{"password_secret", .95, .001, 9, 0, 0},
	{"auth_token", .95, .001, 9, 0, 0},
	{"bank_card", .93, .01, 8.5, 5, 0},
	{"bank_account", .95, .3, .5, 5, 0},
	{"iban", .97, .0005, 10, 6, 0},
	{"swift_bic", .97, .01, 5, 5, 0},
	{"crypto_wallet", .95, .001, 8, 0, 0},
	{"diagnosis", .9, .03, 4, 0, 0},
	{"precise_location", .98, .1, 1.5, 8, 0},
	{"coarse_region", .9, .03, 6.5, 1, 0},
	{"licence_plate_cn", .95, .001, 10, 5, 0},
	{"vin", .9, .005, 9, 3, 0},
	{"uscc", .97, .0005, 10, 6, 0},
	{"org_name", .7, .01, 7, 1, 0},
	{"tax_reg_other", .95, .02, 3, 1, 0},
	{"imo_number", .9, .02, 8, 5, 0},
	{"mmsi", .97, .05, 4.5, 5, 0},
	{"container_no", .93, .005, 9, 5, 0},
	{"crew_role_movement", .8, .01, 6, 0, 0},
	{"courier_waybill", .95, .005, 6.5, 0, 0},
	{"trial_subject_id", .95, .05, 3, 0, 0},
	{"timestamp", .98, .02, 7, 7, 0},
	{"surrogate_key", .98, .05, 6.5, 0, 0},
}

// priors of elements whose header words are common words in other tables.
var priors = map[dataspace.ElementID]float64{
	"purchase_history": -1.5, "hotel_stay": -1, "minor_under14": -1, "trajectory": -1, "genetic": -.5,
	"message_content": -1, "transaction_personal": -.5, "port_facility": -.5, "cvv_expiry": -.5,
}

const (
	commonPrior = -5
	enough      = 30 // number of values beyond which more equal ones add nothing
)

// knowledge is what a run knows of elements, numbered so that a column can
// count by index.
type knowledge struct {
	taxonomy *element.Taxonomy
	checks   []check
	checkAt  map[dataspace.ElementID]int
	provable []dataspace.ElementID
}

// check is a value check with its weights.
type check struct {
	detector
	valid func([]byte) bool
	proof string
}

func know(t *element.Taxonomy) *knowledge {
	k := &knowledge{
		taxonomy: t, checkAt: map[dataspace.ElementID]int{},
		provable: t.Provable(),
	}
	for i, c := range t.Checks() {
		e, _ := t.Lookup(c.ID)
		k.checks = append(k.checks, check{detectorOf(&e, c), c.Valid, c.Proof})
		k.checkAt[c.ID] = i
	}
	return k
}

// check is the index of an element's check, -1 without one.
func (k *knowledge) check(id dataspace.ElementID) int {
	if i, ok := k.checkAt[id]; ok {
		return i
	}
	return -1
}

// detectorOf gives the numbers of an element: those fitted to it, else those of
// its kind of check. A form alone counts little, unless its author says how
// rarely another value has it.
func detectorOf(e *element.Element, c element.Check) detector {
	if i := slices.IndexFunc(detectors, func(d detector) bool { return d.id == e.ID }); i >= 0 {
		return detectors[i]
	}
	d := detector{id: e.ID, hit: .95, miss: .05, ceil: 2.5, floor: 5}
	switch {
	case c.Digits && e.Detector.Pattern != "":
		d.miss, d.ceil = .005, 9.5
	case c.Digits:
		d.miss, d.ceil = .01, 8
	}
	if chance := e.Detector.SingleFPR; chance > 0 {
		d.miss = max(chance, .0005)
		d.ceil = max(d.ceil, min(9, -1.2*math.Log(chance)))
	}
	return d
}
