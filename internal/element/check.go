package element

import "hutong/internal/dataspace"

// Check tests single values of an element. Values come trimmed and with
// full-width characters folded.
type Check struct {
	// Valid never allocates and never keeps its argument.
	Valid func([]byte) bool
	// Proof says in words what it rests on, for evidence; empty where it is
	// only a shape.
	Proof string
}

// CheckOf gives the value check of an element. Elements without one are known
// by their headers alone.
func CheckOf(id dataspace.ElementID) (Check, bool) {
	c, ok := checks[id]
	return c, ok
}

var checks = map[dataspace.ElementID]Check{
	"cn_resident_id":          {ValidResidentID, "ISO 7064 mod 11-2, date, division prefix"},
	"cn_gat_residence_permit": {validResidencePermit, "ISO 7064 mod 11-2, date, prefix"},
	"cn_foreigner_pr_card":    {validPRCard, "ISO 7064 mod 11-2 or old form"},
	"cn_hm_travel_permit":     {validHomeReturn, ""},
	"cn_passport":             {validPassportCN, ""},
	"passport_other":          {passportShape, ""},
	"hkid":                    {validHKID, "weighted mod 11"},
	"tw_national_id":          {validTaiwanID, "weighted mod 10"},
	"sg_nric_fin":             {validNRIC, "weighted mod 11 letter"},
	"us_ssn":                  {validSSN, "excluded ranges"},
	"kr_jp_id":                {validRRN, "date"},
	"person_name_zh":          {isNameZH, "family-name list"},
	"person_name_latin":       {isNameLatin, "name list"},
	"date_of_birth":           {isBirthDate, "calendar date"},
	"age":                     {isAge, "0 to 120"},
	"sex_gender":              {isSex, "closed list"},
	"ethnicity":               {isEthnicity, "closed list"},
	"nationality":             {isCountry, "ISO 3166"},
	"marital_status":          {isMarital, "closed list"},
	"political_affiliation":   {isPolitics, "closed list"},
	"education_employment":    {isDegree, "list of degrees"},
	"religion":                {isFaith, "closed list"},
	"blood_type":              {isBloodType, "closed list"},
	"salary_income":           {isNumber, ""},
	"mobile_cn":               {validMobileCN, "MIIT segments"},
	"phone_intl":              {validPhone, ""},
	"email":                   {validEmail, "address syntax"},
	"postal_address_zh":       {isAddressZH, "address grammar"},
	"postal_address_latin":    {isAddressLatin, "address grammar"},
	"postcode":                {isPostcode, ""},
	"im_account":              {validIMAccount, ""},
	"imei_meid":               {validIMEI, "Luhn, reporting body"},
	"imsi_iccid":              {isIMSI, "Luhn or country code"},
	"mac_address":             {validMAC, "six octets"},
	"ip_address":              {validIP, "address syntax"},
	"ad_id":                   {isUUID, "UUID"},
	"user_agent_log":          {isUserAgent, ""},
	"url":                     {isURL, ""},
	"password_secret":         {isSecretHash, "hash form"},
	"auth_token":              {isToken, "token form"},
	"bank_card":               {validCard, "Luhn, issuer prefix"},
	"bank_account":            {isAccountNumber, ""},
	"iban":                    {validIBAN, "ISO 7064 mod 97-10, country length"},
	"swift_bic":               {isBIC, "country"},
	"crypto_wallet":           {isWallet, ""},
	"diagnosis":               {isICD10, "ICD-10 form"},
	"precise_location":        {isLatLon, "degrees"},
	"coarse_region":           {isRegion, "list of regions"},
	"licence_plate_cn":        {validPlate, "GA 36"},
	"vin":                     {validVIN, "ISO 3779 check digit"},
	"uscc":                    {validUSCC, "GB 32100 mod 31"},
	"org_name":                {isOrgName, "company form"},
	"tax_reg_other":           {validBusinessID, "LEI mod 97 or UEN"},
	"imo_number":              {validIMO, "IMO check digit"},
	"mmsi":                    {validMMSI, "maritime identification digits"},
	"container_no":            {validContainer, "ISO 6346 check digit"},
	"crew_role_movement":      {isCrewRank, "list of ranks"},
	"courier_waybill":         {isCourierNo, "UPU S10 or carrier prefix"},
	"trial_subject_id":        {isTrialSubject, ""},
	"timestamp":               {isTimestamp, "calendar date"},
	"surrogate_key":           {isUUID, "UUID"},
}

// Shape is a coarse test of what a value of an element can look like at all.
// It never shows that a value is one; it shows that a header misleads.
type Shape uint8

// The shapes.
const (
	AnyShape    Shape = iota
	NumberShape       // an amount
	CodeShape         // one word with a digit in it
	WordShape         // one word
	TextShape         // letters of some script
	NameShape         // words of letters
)

// Fits reports whether a trimmed value has the shape.
func (s Shape) Fits(b []byte) bool {
	switch s {
	case NumberShape:
		return isNumber(b)
	case CodeShape:
		return isCode(b)
	case WordShape:
		return isWord(b)
	case TextShape:
		return hasText(b)
	case NameShape:
		return looksLatinName(b)
	}
	return true
}
