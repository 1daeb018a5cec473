package profile

import (
	"cmp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/spelling"
)

// key is one way to identify people: a column, or columns that together do.
type key struct {
	columns []int
	domain  string // what the value is a value of; part of the hash
	form    spelling.Form
	rank    int
	element dataspace.ElementID // empty for columns together
	chosen  bool                // by a person: names do not show that it is shared
	// texts says that cells are searched for the value, which is first of several;
	// within says that a cell without one in it tells nothing.
	texts, within bool
	joined        bool // the columns are parts of the value
	doubt         bool // a number that some system gives, of which a person must say what it is
}

// The ranks of keys that matter by themselves.
const (
	rankNumber  = 1 // the number of an identity document
	rankOwn     = 2 // a number that some system gives to each person
	rankContact = 3 // from here on several people may share one
	rankNames   = 7 // name and birth together
)

// keyRank orders elements by how well they identify people across datasets. 0
// means not at all.
func keyRank(e element.Element, name string) int {
	switch e.ID {
	case "cn_resident_id_photo", "social_security_card":
		return 0
	case "username_account", "medical_record_no", "trial_subject_id", "seafarer_certificate":
		return rankOwn
	case "membership":
		if levelWord(name) {
			return 0
		}
		return rankOwn
	case "email", "mobile_cn", "im_account":
		return rankContact
	case "phone_intl":
		return 4
	case "policy_no", "bank_card", "iban", "bank_account", "payment_account":
		return 5
	case "imei_meid", "imsi_iccid", "licence_plate_cn", "vin", "ad_id":
		return 6
	}
	if e.Group == "gov_id" && e.IDClass == element.Direct {
		return rankNumber
	}
	return 0
}

// levelWord distinguishes a member's level or points from the member's number.
func levelWord(name string) bool {
	low := strings.ToLower(name)
	for _, w := range []string{"level", "point", "tier", "vip", "loyalty", "等级", "级别", "积分", "jf", "status", "type"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// global elements are the same number in every system. Others are unique only
// within a system: the column's name then is part of the hash, so that customer
// 101 and employee 101 remain two people.
func global(e element.Element) bool {
	switch e.ID {
	case "email", "mobile_cn", "im_account", "bank_card", "iban", "imei_meid", "imsi_iccid", "licence_plate_cn", "vin", "ad_id",
		"cn_resident_id", "cn_gat_residence_permit", "cn_passport", "hkid", "sg_nric_fin", "tw_national_id", "us_ssn":
		return true
	}
	return false
}

func domain(e element.Element, name string) string {
	if global(e) {
		return string(e.ID)
	}
	return string(e.ID) + "\x00" + strings.ToLower(strings.TrimSpace(name))
}

// within is the domain of numbers that only one system of the exporter gave.
func within(system, domain string) string {
	if system == "" {
		return domain
	}
	return domain + "\x00" + system
}

// keyOf is the key that a column is; false if it identifies nobody. own says
// that by its name it is the number of somebody in a role.
func (r *run) keyOf(f *findings, i int, own bool) (key, bool) {
	if k, ok := r.partsKey(f, i); ok {
		return k, true
	}
	if k, ok := r.mentionKey(f, i); ok {
		return k, true
	}
	e, ok := f.element(i)
	c := r.columns[i]
	if !ok && c.values > 0 && own {
		name := strings.ToLower(strings.TrimSpace(c.field.Name))
		return key{columns: []int{i}, domain: within(r.opt.System, "number\x00"+name), form: spelling.Number, rank: rankOwn}, true
	}
	if !ok || f.columns[i].Confidence < .5 || c.values == 0 {
		return key{}, false
	}
	rank := keyRank(e, c.field.Name)
	if rank == 0 || e.ID == "policy_no" && !f.has(isInsured) {
		return key{}, false
	}
	in := domain(e, c.field.Name)
	if !global(e) && (rank == rankOwn && e.ID != "seafarer_certificate" || e.ID == "policy_no") {
		in = within(r.opt.System, in)
	}
	return key{columns: []int{i}, domain: in, form: formOf(e.ID), rank: rank, element: e.ID, texts: names(e) && c.inside(e.ID),
		doubt: rank == rankOwn && f.columns[i].Band != dataspace.BandAccept}, true
}

// order sorts keys, best first. A column that is often empty comes after one
// that is not, and of two that are alike, the one of the longer name comes first:
// it says more. A number that some system gives, of which a person must say what
// it is, comes after a contact that has more distinct values: it may be anything,
// for instance who signed. The order of columns does not matter.
func (r *run) order(keys []key) {
	ids := r.known.Taxonomy.IDs()
	of := func(k key) *column { return r.columns[k.columns[len(k.columns)-1]] }
	contacts := int64(0)
	for _, k := range keys {
		if k.rank >= rankContact && k.rank < rankNames {
			contacts = max(contacts, of(k).different())
		}
	}
	rank := func(k key) [5]int64 {
		c := of(k)
		if k.rank == rankNames {
			return [5]int64{0, gaps(c), rankNames}
		}
		var doubt int64
		if k.doubt && contacts > c.different() {
			doubt = 1
		}
		return [5]int64{doubt, gaps(c), int64(k.rank), -c.different(), c.nulls}
	}
	slices.SortStableFunc(keys, func(a, b key) int {
		ra, rb := rank(a), rank(b)
		return cmp.Or(slices.Compare(ra[:], rb[:]), cmp.Compare(slices.Index(ids, a.element), slices.Index(ids, b.element)), cmp.Compare(len(r.columns[b.columns[0]].field.Name), len(r.columns[a.columns[0]].field.Name)), cmp.Compare(r.columns[a.columns[0]].field.Name, r.columns[b.columns[0]].field.Name))
	})
}

// different is the known number of distinct values: of two numbers of one kind,
// the one with more distinct values is used.
func (c *column) different() int64 {
	if c.distinct.Full() {
		return 1 << 62
	}
	return int64(c.distinct.Count())
}

func isInsured(e element.Element) bool {
	return e.Group == "insurance" && e.Personal == element.PersonalYes || e.ID == "person_name_zh" || e.ID == "person_name_latin"
}

// gaps is 1 where more than one row in ten has no value.
func gaps(c *column) int64 {
	all := c.nulls + c.values
	if all > 0 && (c.nulls)*10 > all {
		return 1
	}
	return 0
}

// formOf says how values of an element are spelled.
func formOf(id dataspace.ElementID) spelling.Form {
	switch id {
	case "mobile_cn":
		return spelling.Mobile
	case "phone_intl":
		return spelling.Phone
	case "email", "im_account":
		return spelling.Address
	case "cn_resident_id":
		return spelling.Resident
	}
	return spelling.Number
}
