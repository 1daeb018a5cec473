package profile

import (
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// plan is what a collector collects.
type plan struct {
	key    []int // columns that together identify people; none: every row is a person
	domain string
	digits bool // the key is a phone number: only its digits count
	mask   []int
	birth  int // column from which age follows, -1 for none
	byAge  bool
	fromID bool
}

// keyRank orders elements by how well they identify people across datasets. 0
// means not at all.
func keyRank(e element.Element, name string) int {
	switch e.ID {
	case "cn_resident_id_photo", "social_security_card":
		return 0
	case "username_account", "medical_record_no", "trial_subject_id", "seafarer_certificate":
		return 2
	case "membership":
		if levelWord(name) {
			return 0
		}
		return 2
	case "email", "mobile_cn", "im_account":
		return 3
	case "phone_intl":
		return 4
	case "policy_no", "bank_card", "iban", "bank_account", "payment_account":
		return 5
	case "imei_meid", "imsi_iccid", "licence_plate_cn", "vin", "ad_id":
		return 6
	}
	if e.Group == "gov_id" && e.IDClass == element.Direct {
		return 1
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

// keyPlans lists the ways to identify people, best first. A column that is
// often empty comes after one that is not: each row without a key counts as one
// person.
func (r *run) keyPlans(f *findings) []*plan {
	var out []*plan
	rank := map[*plan][4]int64{}
	var names, births []int
	for i, c := range r.columns {
		e, ok := f.element(i)
		if !ok || f.columns[i].Confidence < .5 || c.values == 0 {
			continue
		}
		switch {
		case strings.HasPrefix(string(e.ID), "person_name"):
			names = append(names, i)
		case e.ID == "date_of_birth":
			births = append(births, i)
		}
		k := keyRank(e, c.field.Name)
		if k == 0 || e.ID == "policy_no" && !f.has(isInsured) {
			continue
		}
		p := &plan{key: []int{i}, domain: domain(e, c.field.Name), digits: e.ID == "mobile_cn" || e.ID == "phone_intl"}
		out = append(out, p)
		rank[p] = [4]int64{gaps(c), int64(k), -c.different(), c.nulls}
	}
	if len(names) > 0 && len(births) > 0 {
		p := &plan{key: append(slices.Clone(names), births[0]), domain: "name+birth"}
		out = append(out, p)
		rank[p] = [4]int64{gaps(r.columns[births[0]]), 7}
	}
	slices.SortStableFunc(out, func(a, b *plan) int {
		ra, rb := rank[a], rank[b]
		return slices.Compare(ra[:], rb[:])
	})
	return out
}

// different is the known number of distinct values: of two numbers of one kind,
// the one with more distinct values is used.
func (c *column) different() int64 {
	if c.distinct.full {
		return 1 << 62
	}
	return int64(c.distinct.n)
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

func domain(e element.Element, name string) string {
	if global(e) {
		return string(e.ID)
	}
	return string(e.ID) + "\x00" + strings.ToLower(strings.TrimSpace(name))
}

// plan is what the collector needs to collect, given all findings; nil when the
// table is not about people.
func (r *run) plan(f *findings) *plan {
	if !f.people {
		return nil
	}
	p := &plan{}
	if plans := r.keyPlans(f); len(plans) > 0 {
		p = plans[0]
	}
	r.complete(p, f)
	return p
}

// complete adds what is recorded for each person: the columns that put
// people into classes and the source of the age.
func (r *run) complete(p *plan, f *findings) {
	p.mask = nil
	for i := range f.columns {
		if f.marks(i, r.classes) {
			p.mask = append(p.mask, i)
		}
	}
	p.birth = -1
	if _, ok := r.day(); !ok {
		return
	}
	for _, want := range []dataspace.ElementID{"date_of_birth", "cn_resident_id", "age"} {
		for i := range f.columns {
			if e, ok := f.element(i); ok && e.ID == want && f.columns[i].Confidence >= .5 {
				p.birth, p.byAge, p.fromID = i, want == "age", want == "cn_resident_id"
				return
			}
		}
	}
}

// guess chooses, after the first batch, what to collect: the two most likely
// keys, and a bit for every column that may put people into a class.
func (r *run) guess() error {
	f := judge(r.known, r.columns, r.scores(), r.opt.Sensitive)
	if !f.people {
		return nil
	}
	plans := r.keyPlans(f)
	if len(plans) > 2 {
		plans = plans[:2]
	}
	if len(plans) == 0 {
		plans = []*plan{{}}
	}
	for _, p := range plans {
		r.complete(p, f)
		for i := range f.columns {
			if !f.marks(i, r.classes) && f.mayMark(i, r.classes) {
				p.mask = append(p.mask, i)
			}
		}
	}
	return r.collect(plans...)
}

// collected finds the collector that already has what the plan needs.
func (r *run) collected(p *plan) *collector {
	if p == nil {
		return nil
	}
	best := (*collector)(nil)
	for _, c := range r.collectors {
		if !slices.Equal(c.plan.key, p.key) || c.plan.domain != p.domain || c.plan.birth != p.birth {
			continue
		}
		covered := !slices.ContainsFunc(p.mask, func(i int) bool { return !slices.Contains(c.plan.mask, i) })
		if covered {
			best = c
		}
	}
	return best
}
