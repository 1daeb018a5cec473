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
	"hutong/internal/gate"
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
	form  gate.Form
}

// hiding is the form of values of which a part is hidden, with a kind of signs.
func hiding(needs gate.Signs) gate.Form {
	return gate.Form{Least: 3, Most: 80, Needs: needs, Either: gate.Letter | gate.Hiding | gate.Wide}
}

// checkDigits are the validators of check digits that many numbers share. They
// ignore signs between the groups of a number.
var checkDigits = map[string]validator{
	"luhn":      {compacted(Luhn), "Luhn", gate.Form{}},
	"verhoeff":  {compacted(verhoeff), "Verhoeff", gate.Form{}},
	"damm":      {compacted(damm), "Damm", gate.Form{}},
	"mod_11_2":  {compacted(iso112), "ISO 7064 mod 11-2", gate.Form{}},
	"mod_11_10": {compacted(iso1110), "ISO 7064 mod 11-10", gate.Form{}},
	"mod_97_10": {compacted(iso9710), "ISO 7064 mod 97-10", gate.Form{}},
}

// validators are the others, by the name that elements use. The names are part
// of the form of element files: do not change one.
var validators = map[string]validator{
	"account_number":             {isAccountNumber, "", gate.Form{Least: 6, Only: gate.Alnum | gate.Space | gate.Dash | gate.Hiding, Needs: gate.Digit}},
	"address_han":                {isAddressZH, "address grammar", gate.Form{Least: 15, Most: 300, Needs: gate.Wide}},
	"address_latin":              {isAddressLatin, "address grammar", gate.Form{Least: 6, Most: 200, Needs: gate.Digit, Either: gate.Letter | gate.Wide}},
	"age":                        {isAge, "0 to 120", gate.Form{Only: gate.Digit | gate.Dot | gate.Dash | gate.Plus | gate.Wide, Needs: gate.Digit}},
	"bic":                        {isBIC, "country", gate.Form{Least: 8, Most: 11, Only: gate.Digit | gate.Upper}},
	"birth_date":                 {isBirthDate, "calendar date", gate.Form{Least: 4, Needs: gate.Digit}},
	"birth_date_and_seven":       {nationalid.Korean, "date, or check digit", gate.Form{Least: 14, Most: 14, Only: gate.Digit | gate.Dash}},
	"container":                  {validContainer, "ISO 6346 check digit", gate.Form{Least: 11, Only: gate.Alnum | gate.Space | gate.Dash, Needs: gate.Digit, Either: gate.Letter}},
	"country":                    {isCountry, "ISO 3166", gate.Form{Least: 2, Most: maxWord, Only: gate.Any &^ gate.Digit}},
	"degrees":                    {isLatLon, "degrees", gate.Form{Only: gate.Digit | gate.Upper | gate.Dot | gate.Dash | gate.Plus | gate.Space | gate.Comma | gate.Other, Needs: gate.Digit | gate.Dot}},
	"disease":                    {isDisease, "ICD-10 code, or name of a disease", gate.Form{Least: 3, Either: gate.Letter | gate.Wide}},
	"drug":                       {medical.Drug, "name of a drug", gate.Form{Least: 3, Most: 80, Either: gate.Letter | gate.Wide}},
	"dated_or_twelve_digits":     {isKoreanOrJapanese, "date, or weighted mod 11", gate.Form{Least: 12, Most: 14, Only: gate.Digit | gate.Dash}},
	"eight_digits_bracketed":     {nationalid.EightBracketed, "", gate.Form{Least: 9, Most: 11, Only: gate.Digit | gate.Space | gate.Slash | gate.Other}},
	"email":                      {validEmail, "address syntax", gate.Form{Least: 6, Most: longestEmail, Needs: gate.At | gate.Dot}},
	"european_number":            {nationalid.European, "check digit of a country", gate.Form{Least: 9, Most: 16}},
	"iban":                       {validIBAN, "ISO 7064 mod 97-10, country length", gate.Form{Least: 15, Only: gate.Alnum | gate.Space, Needs: gate.Digit, Either: gate.Letter}},
	"icd_10":                     {medical.Code, "ICD-10 code", gate.Form{Least: 3, Either: gate.Letter}},
	"im_account":                 {validIMAccount, "", gate.Form{Least: 15, Only: gate.Alnum | gate.Dash | gate.Other, Needs: gate.Lower}},
	"imei":                       {validIMEI, "Luhn, reporting body", gate.Form{Least: 15, Most: 15, Only: gate.Digit}},
	"imo":                        {validIMO, "IMO check digit", gate.Form{Least: 7, Only: gate.Alnum | gate.Space | gate.Dash | gate.Colon, Needs: gate.Digit}},
	"imsi_or_iccid":              {isIMSI, "Luhn or country code", gate.Form{Least: 15, Most: 20, Only: gate.Digit}},
	"ip":                         {validIP, "address syntax", gate.Form{Least: 3, Most: 64, Only: gate.Alnum | gate.Dot | gate.Colon | gate.Slash, Either: gate.Dot | gate.Colon}},
	"lei_or_register_no":         {validBusinessID, "LEI mod 97 or UEN", gate.Form{Least: 9, Most: 20, Only: gate.Digit | gate.Upper, Needs: gate.Digit | gate.Upper}},
	"letter_nine_digits_mod_10":  {validTaiwanID, "weighted mod 10", gate.Form{Least: 10, Most: 10, Only: gate.Digit | gate.Upper, Needs: gate.Digit | gate.Upper}},
	"letters_six_digits_mod_11":  {validHKID, "weighted mod 11", gate.Form{Least: 8, Most: 12, Only: gate.Alnum | gate.Space | gate.Other, Needs: gate.Digit, Either: gate.Letter}},
	"licence_plate":              {validPlate, "GA 36", gate.Form{Least: 9, Needs: gate.Wide | gate.Upper}},
	"mac":                        {validMAC, "six octets", gate.Form{Least: 14, Most: 17, Only: gate.Alnum | gate.Colon | gate.Dash | gate.Dot}},
	"mmsi":                       {validMMSI, "maritime identification digits", gate.Form{Least: 9, Most: 9, Only: gate.Digit}},
	"mobile_segments":            {validMobileCN, "MIIT segments", gate.Form{Least: 11, Needs: gate.Digit}},
	"mod_31":                     {validUSCC, "GB 32100 mod 31", gate.Form{Least: 18, Most: 18, Only: gate.Alnum, Needs: gate.Digit}},
	"masked_card":                {masks(masked.Card), "hidden digits", hiding(gate.Digit)},
	"masked_identity":            {masks(masked.Identity), "hidden digits", hiding(gate.Digit)},
	"masked_mail":                {masks(masked.Mail), "hidden letters", hiding(gate.At)},
	"masked_mobile":              {masks(masked.Mobile), "hidden digits", hiding(gate.Digit)},
	"masked_name":                {isMaskedName, "hidden characters", gate.Form{Least: 3, Most: 80, Only: gate.Any &^ (gate.Digit | gate.At)}},
	"name_han":                   {isNameZH, "family-name list", gate.Form{Needs: gate.Wide}},
	"name_latin":                 {isNameLatin, "words and letters of names", gate.Form{Least: 2, Most: 80}},
	"number":                     {isNumber, "", gate.Form{Needs: gate.Digit}},
	"organisation":               {isOrgName, "company form", gate.Form{Least: 4, Most: 200, Either: gate.Letter | gate.Wide}},
	"passport":                   {passportShape, "", gate.Form{Least: 6, Most: 44, Needs: gate.Digit}},
	"passport_series":            {validPassportCN, "", gate.Form{Least: 9, Most: 9, Only: gate.Alnum, Needs: gate.Digit}},
	"payment_card":               {validCard, "Luhn, issuer prefix", gate.Form{Least: 13, Only: gate.Digit | gate.Space | gate.Dash}},
	"permanent_residence_card":   {validPRCard, "ISO 7064 mod 11-2 or old form", gate.Form{Least: 15, Most: 18, Only: gate.Alnum, Needs: gate.Digit}},
	"phone":                      {validPhone, "", gate.Form{Least: 7, Only: gate.Any &^ (gate.At | gate.Colon | gate.Comma), Needs: gate.Digit}},
	"points":                     {position.Points, "several positions", gate.Form{Least: 29, Needs: gate.Digit | gate.Dot}},
	"postcode":                   {isPostcode, "", gate.Form{Least: 5, Most: 10, Needs: gate.Digit}},
	"region":                     {isRegion, "list of regions", gate.Form{Least: 2, Most: maxWord, Either: gate.Letter | gate.Wide}},
	"residence_permit":           {validResidencePermit, "ISO 7064 mod 11-2, date, prefix", gate.Form{Least: 18, Most: 18, Only: gate.Alnum, Needs: gate.Digit}},
	"resident_id":                {ValidResidentID, "ISO 7064 mod 11-2, date, division prefix", gate.Form{Least: 18, Most: 18, Only: gate.Alnum, Needs: gate.Digit}},
	"seven_digits_letter_mod_11": {validNRIC, "weighted mod 11 letter", gate.Form{Least: 9, Most: 9, Only: gate.Alnum, Needs: gate.Digit, Either: gate.Letter}},
	"stored_password":            {isSecretHash, "hash form", gate.Form{Least: 14, Either: gate.Lower | gate.Other}},
	"three_two_four":             {validSSN, "excluded ranges", gate.Form{Least: 11, Most: 11, Only: gate.Digit | gate.Dash}},
	"timestamp":                  {IsTimestamp, "calendar date", gate.Form{Least: 8, Needs: gate.Digit}},
	"token":                      {isToken, "token form", gate.Form{Least: 5, Needs: gate.Upper}},
	"trial_subject":              {isTrialSubject, "", gate.Form{Least: 8, Most: 30, Only: gate.Digit | gate.Upper | gate.Dash | gate.Dot | gate.Slash, Needs: gate.Digit}},
	"url":                        {isURL, "", gate.Form{Least: 7, Needs: gate.Colon | gate.Slash}},
	"user_agent":                 {isUserAgent, "", gate.Form{Least: 6, Needs: gate.Slash | gate.Upper}},
	"uuid":                       {isUUID, "UUID", gate.Form{Least: 36, Most: 36, Only: gate.Alnum | gate.Dash, Needs: gate.Dash}},
	"vin":                        {validVIN, "ISO 3779 check digit", gate.Form{Least: 17, Most: 17, Only: gate.Alnum, Needs: gate.Digit, Either: gate.Letter}},
	"wallet":                     {isWallet, "", gate.Form{Least: 26, Most: 62, Only: gate.Alnum, Needs: gate.Digit}},
	"waybill":                    {isCourierNo, "UPU S10 or carrier prefix", gate.Form{Least: 13, Most: 17, Only: gate.Digit | gate.Upper, Needs: gate.Digit | gate.Upper}},
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
	// Form is what all values have that pass.
	Form gate.Form
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
	valid, proof, form := named.valid, named.proof, named.form
	if len(d.Values) > 0 {
		list, err := valueSet(d.Values)
		if err != nil {
			return compiled{}, err
		}
		valid, proof, form = both(list.has, valid), "closed list", gate.OfWords(slices.Collect(maps.Keys(list.words)))
	}
	var p *pattern
	if d.Pattern != "" {
		if p, err = parsePattern(d.Pattern); err != nil {
			return compiled{}, err
		}
		if valid == nil {
			form = p.form()
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
		out.check = Check{ID: e.ID, Valid: valid, Proof: proof, Digits: named.valid != nil || len(d.Values) > 0, Form: form}
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

// form is what all values have that match.
func (p *pattern) form() gate.Form {
	f := gate.Form{Least: p.bounds.Min, Most: max(p.bounds.Max, 0)}
	if p.bounds.Digit {
		f.Needs = gate.Digit
	}
	if p.bounds.Plain {
		f.Only = gate.Alnum
	}
	return f
}

func (p *pattern) matches(b []byte) bool {
	return len(b) >= p.bounds.Min && (p.bounds.Max < 0 || len(b) <= p.bounds.Max) && len(b) > 0 && p.bounds.First[b[0]] && p.whole.Match(b)
}
