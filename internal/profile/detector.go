package profile

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// detector says how the values of a column speak for or against an element.
// The numbers are judgements, in one place so that they can be fitted to
// labelled columns later.
type detector struct {
	id dataspace.ElementID
	// hit is the share of values that pass where the column is the element,
	// miss where it is something else.
	hit, miss float64
	// ceil is the most that values alone can say for it, floor the most they
	// can say against it, both in nats (5 outweighs the prior).
	ceil, floor float64
	prior       float64 // added to the common prior
}

// detectors of elements with a check. A floor of 0 is for checks that know
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

// shapes are what the values of elements without a check must mostly look
// like.
var shapes = map[dataspace.ElementID]element.Shape{
	"policy_no": element.CodeShape, "claim_no": element.CodeShape, "order_no": element.CodeShape,
	"medical_record_no": element.WordShape, "username_account": element.WordShape,
	"bill_of_lading": element.CodeShape, "premium_amount": element.NumberShape, "amount": element.NumberShape,
	"met_observation": element.NumberShape, "price_cost": element.AnyShape, "vessel_name": element.TextShape,
	"former_nickname": element.TextShape, "org_name": element.TextShape, "legal_rep": element.TextShape,
	"insured_party": element.TextShape, "family_member": element.TextShape, "native_place": element.TextShape,
	"medication": element.TextShape, "review_text": element.TextShape,
}

// priors of elements whose header words are everyday words of other tables.
var priors = map[dataspace.ElementID]float64{
	"purchase_history": -1.5, "hotel_stay": -1, "minor_under14": -1, "trajectory": -1, "genetic": -.5,
	"message_content": -1, "transaction_personal": -.5, "port_facility": -.5, "cvv_expiry": -.5,
}

const (
	commonPrior = -5
	enough      = 30 // values beyond which more of the same say nothing new
	maxChecks   = 64
)

// check is a value check in the order of detectors.
type check struct {
	id    dataspace.ElementID
	valid func([]byte) bool
	proof string
}

var checks = func() []check {
	out := make([]check, len(detectors))
	for i, d := range detectors {
		c, ok := element.CheckOf(d.id)
		if !ok || i >= maxChecks {
			panic("profile: detector without a check: " + string(d.id))
		}
		out[i] = check{d.id, c.Valid, c.Proof}
	}
	return out
}()

var allChecks = func() []int {
	out := make([]int, len(checks))
	for i := range out {
		out[i] = i
	}
	return out
}()

func checkIndex(id dataspace.ElementID) int {
	return slices.IndexFunc(detectors, func(d detector) bool { return d.id == id })
}

var (
	provable = element.Provable()
	// strongProof marks the provable elements that no code passes by chance.
	strongProof = func() (t [32]bool) {
		for i, id := range provable {
			switch id {
			case "cn_resident_id", "uscc", "iban", "email", "mobile_cn", "licence_plate_cn", "mac_address", "phone_intl", "bank_card", "passport_other":
				t[i] = true
			}
		}
		return t
	}()
)

func provableBit(id dataspace.ElementID) int { return slices.Index(provable, id) }
