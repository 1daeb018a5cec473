package element

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/bounds"
	"hutong/internal/dataspace"
	"hutong/internal/masked"
	"hutong/internal/medical"
	"hutong/internal/nationalid"
	"hutong/internal/position"
)

// validator is a check that an element names. Its argument is a trimmed value
// in half-width characters. It never allocates and never keeps the argument.
type validator struct {
	valid func([]byte) bool
	proof string // the basis of the check, for elements that do not give one
}

// checkDigits are the validators of check digits that many numbers share. They
// ignore signs between the groups of a number.
var checkDigits = map[string]validator{
	"luhn":      {compacted(Luhn), "Luhn"},
	"verhoeff":  {compacted(verhoeff), "Verhoeff"},
	"damm":      {compacted(damm), "Damm"},
	"mod_11_2":  {compacted(iso112), "ISO 7064 mod 11-2"},
	"mod_11_10": {compacted(iso1110), "ISO 7064 mod 11-10"},
	"mod_97_10": {compacted(iso9710), "ISO 7064 mod 97-10"},
}

// validators are the others, by the name that elements use. The names are part
// of the form of element files: do not change one.
var validators = map[string]validator{
	"account_number":             {isAccountNumber, ""},
	"address_han":                {isAddressZH, "address grammar"},
	"address_latin":              {isAddressLatin, "address grammar"},
	"age":                        {isAge, "0 to 120"},
	"bic":                        {isBIC, "country"},
	"birth_date":                 {isBirthDate, "calendar date"},
	"birth_date_and_seven":       {nationalid.Korean, "date, or check digit"},
	"container":                  {validContainer, "ISO 6346 check digit"},
	"country":                    {isCountry, "ISO 3166"},
	"degrees":                    {isLatLon, "degrees"},
	"disease":                    {isDisease, "ICD-10 code, or name of a disease"},
	"drug":                       {medical.Drug, "name of a drug"},
	"dated_or_twelve_digits":     {isKoreanOrJapanese, "date, or weighted mod 11"},
	"eight_digits_bracketed":     {nationalid.EightBracketed, ""},
	"email":                      {validEmail, "address syntax"},
	"european_number":            {nationalid.European, "check digit of a country"},
	"iban":                       {validIBAN, "ISO 7064 mod 97-10, country length"},
	"icd_10":                     {medical.Code, "ICD-10 code"},
	"im_account":                 {validIMAccount, ""},
	"imei":                       {validIMEI, "Luhn, reporting body"},
	"imo":                        {validIMO, "IMO check digit"},
	"imsi_or_iccid":              {isIMSI, "Luhn or country code"},
	"ip":                         {validIP, "address syntax"},
	"lei_or_register_no":         {validBusinessID, "LEI mod 97 or UEN"},
	"letter_nine_digits_mod_10":  {validTaiwanID, "weighted mod 10"},
	"letters_six_digits_mod_11":  {validHKID, "weighted mod 11"},
	"licence_plate":              {validPlate, "GA 36"},
	"mac":                        {validMAC, "six octets"},
	"mmsi":                       {validMMSI, "maritime identification digits"},
	"mobile_segments":            {validMobileCN, "MIIT segments"},
	"mod_31":                     {validUSCC, "GB 32100 mod 31"},
	"masked_card":                {masks(masked.Card), "hidden digits"},
	"masked_identity":            {masks(masked.Identity), "hidden digits"},
	"masked_mail":                {masks(masked.Mail), "hidden letters"},
	"masked_mobile":              {masks(masked.Mobile), "hidden digits"},
	"masked_name":                {isMaskedName, "hidden characters"},
	"name_han":                   {isNameZH, "family-name list"},
	"name_latin":                 {isNameLatin, "words and letters of names"},
	"number":                     {isNumber, ""},
	"organisation":               {isOrgName, "company form"},
	"passport":                   {passportShape, ""},
	"passport_series":            {validPassportCN, ""},
	"payment_card":               {validCard, "Luhn, issuer prefix"},
	"permanent_residence_card":   {validPRCard, "ISO 7064 mod 11-2 or old form"},
	"phone":                      {validPhone, ""},
	"points":                     {position.Points, "several positions"},
	"postcode":                   {isPostcode, ""},
	"region":                     {isRegion, "list of regions"},
	"residence_permit":           {validResidencePermit, "ISO 7064 mod 11-2, date, prefix"},
	"resident_id":                {ValidResidentID, "ISO 7064 mod 11-2, date, division prefix"},
	"seven_digits_letter_mod_11": {validNRIC, "weighted mod 11 letter"},
	"stored_password":            {isSecretHash, "hash form"},
	"three_two_four":             {validSSN, "excluded ranges"},
	"timestamp":                  {IsTimestamp, "calendar date"},
	"token":                      {isToken, "token form"},
	"trial_subject":              {isTrialSubject, ""},
	"url":                        {isURL, ""},
	"user_agent":                 {isUserAgent, ""},
	"uuid":                       {isUUID, "UUID"},
	"vin":                        {validVIN, "ISO 3779 check digit"},
	"wallet":                     {isWallet, ""},
	"waybill":                    {isCourierNo, "UPU S10 or carrier prefix"},
}

// weightedName is the validator whose numbers the element itself gives.
const weightedName = "weighted"

// isDisease accepts a code or a name.
func isDisease(b []byte) bool { return medical.Code(b) || medical.Condition(b) }

// masks checks for hidden values of a kind.
func masks(k masked.Kind) func([]byte) bool {
	return func(b []byte) bool { return masked.Of(b) == k }
}

// Validators lists the names that a detector may use, beside "weighted".
func Validators() []string {
	return slices.Sorted(maps.Keys(allValidators))
}

// Groups reports whether a validator ignores signs between the groups of a
// number.
func Groups(validator string) bool {
	_, ok := checkDigits[validator]
	return ok
}

var allValidators = func() map[string]validator {
	all := maps.Clone(validators)
	maps.Copy(all, checkDigits)
	return all
}()

// Check tests single values of an element. Values come trimmed and in
// half-width characters.
type Check struct {
	ID dataspace.ElementID
	// Valid never keeps its argument. It allocates nothing.
	Valid func([]byte) bool
	// Proof says in words what it is based on, for evidence; empty where it
	// checks only a form.
	Proof string
	// Telling reports whether hardly any other column has the value. It is nil
	// without such values.
	Telling func([]byte) bool
	// Digits says that the check uses a check digit or a closed list, not only
	// a form.
	Digits bool
}

// compiled is what the entry of an element says about values.
type compiled struct {
	check  Check   // Valid is nil without a check
	finder *finder // nil where the scanner does not use the pattern
}

func compile(e *Element) (compiled, error) {
	d := &e.Detector
	if !slices.Contains([]Proof{"", Inside, Alone, Spread}, d.Proves) {
		return compiled{}, fmt.Errorf("proves: %q is not inside, alone or spread", d.Proves)
	}
	if !d.Shape.known() {
		return compiled{}, fmt.Errorf("shape: %q is not number, code, word, text or name", d.Shape)
	}
	named, err := d.validator()
	if err != nil {
		return compiled{}, err
	}
	valid, proof := named.valid, named.proof
	if len(d.Values) > 0 {
		list, err := valueSet(d.Values)
		if err != nil {
			return compiled{}, err
		}
		valid, proof = both(list.has, valid), "closed list"
	}
	var p *pattern
	if d.Pattern != "" {
		if p, err = parsePattern(d.Pattern); err != nil {
			return compiled{}, err
		}
		valid = both(p.matches, valid)
	}
	if d.Proof != "" {
		proof = d.Proof
	}
	out := compiled{}
	if valid != nil {
		telling, err := valueSet(d.Telling)
		if err != nil {
			return compiled{}, err
		}
		out.check = Check{ID: e.ID, Valid: valid, Proof: proof, Digits: named.valid != nil || len(d.Values) > 0}
		if len(d.Telling) > 0 {
			out.check.Telling = telling.has
		}
	}
	if d.Proves != "" && !scanned(e.ID) {
		if out.finder, err = newFinder(e, p, named.valid); err != nil {
			return compiled{}, err
		}
	}
	return out, nil
}

// both passes where both tests pass; b may be nil.
func both(a, b func([]byte) bool) func([]byte) bool {
	if b == nil {
		return a
	}
	return func(v []byte) bool { return a(v) && b(v) }
}

func (d *Detector) validator() (validator, error) {
	if d.Validator == weightedName {
		return d.weighted()
	}
	if len(d.Weights) > 0 || d.Modulus != 0 || d.Characters != "" {
		return validator{}, errors.New("weights, modulus and characters belong to the validator weighted")
	}
	if d.Validator == "" {
		return validator{}, nil
	}
	v, ok := allValidators[d.Validator]
	if !ok {
		return validator{}, fmt.Errorf("validator: %q is none of %s, %s", d.Validator, strings.Join(Validators(), ", "), weightedName)
	}
	return v, nil
}

// weighted checks the last character of a number by the sum of the others, each
// times its weight. The remainder of the division by the modulus selects the
// character. Letters count 10 to 35. A question mark means that no number with
// this remainder exists.
func (d *Detector) weighted() (validator, error) {
	weights, modulus, characters := d.Weights, d.Modulus, strings.ToUpper(d.Characters)
	if len(weights) == 0 || len(weights) > maxGroups || modulus < 2 || len(characters) != modulus {
		return validator{}, fmt.Errorf("weighted needs 1 to %d weights, a modulus, and one character for each remainder", maxGroups)
	}
	return validator{proof: fmt.Sprintf("weighted mod %d", modulus), valid: compacted(func(b []byte) bool {
		if len(b) != len(weights)+1 {
			return false
		}
		sum := 0
		for i, w := range weights {
			sum += w * value(b[i])
		}
		c := characters[(sum%modulus+modulus)%modulus]
		return c != '?' && up(b[len(b)-1]) == c
	})}, nil
}

// value is the number of a digit or letter in a weighted sum.
func value(c byte) int {
	if is(c, digit) {
		return int(c - '0')
	}
	return int(up(c)-'A') + 10
}

// maxGroups is the longest number with a check digit, without its separators.
const maxGroups = 40

// compacted removes the signs between the groups of a value before the check.
// Other signs fail.
func compacted(check func([]byte) bool) func([]byte) bool {
	return func(b []byte) bool {
		var store [maxGroups]byte
		d, ok := compactInto(store[:], b, " -./()")
		return ok && all(d, alnum) && check(d)
	}
}

// valueSet is a set of whole cells.
func valueSet(list []string) (set *wordList, err error) {
	set = listSet(nil)
	for _, s := range list {
		s = lowerASCII(strings.TrimSpace(s))
		if s == "" || len(s) > maxWord {
			return nil, fmt.Errorf("values: %q is empty or longer than %d bytes", s, maxWord)
		}
		set.add(s)
	}
	return set, nil
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if is(c, upper) {
			b[i] = c + 32
		}
	}
	return string(b)
}

// pattern is a regular expression of a whole value.
type pattern struct {
	source string
	whole  *regexp.Regexp
	bounds bounds.Bounds
}

func parsePattern(source string) (*pattern, error) {
	whole, err := regexp.Compile(`^(?:` + source + `)$`)
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	b, err := bounds.Of(source)
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	return &pattern{source: source, whole: whole, bounds: b}, nil
}

func (p *pattern) matches(b []byte) bool {
	return len(b) >= p.bounds.Min && (p.bounds.Max < 0 || len(b) <= p.bounds.Max) && len(b) > 0 && p.bounds.First[b[0]] && p.whole.Match(b)
}
