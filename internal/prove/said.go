package prove

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/look"
)

// SaidColumn is what a person says of a column, beside what was found. Used is
// what the decision took the column for.
type SaidColumn struct {
	dataspace.Said
	Used *dataspace.ElementID `json:"used"`
}

// checkSaid reports what people say of the columns and the keys of the dataset,
// and verifies that nothing that proved itself was left out because of it.
func (v *verifier) checkSaid() error {
	i := v.last(dataspace.EventProfile)
	if v.w.Role != dataspace.Provider {
		return nil // the profile stays with the provider
	}
	var p dataspace.Profile
	if _, err := v.doc(i, docProfile, &p); err != nil {
		return err
	}
	place := v.entries[i].place + "." + docProfile
	holds := slices.ContainsFunc(p.Columns, func(c dataspace.ColumnProfile) bool { return c.Said.Holds() })
	used := p.Used()
	for n, c := range p.Columns {
		at := place + ".columns." + c.Name
		if c.Used != nil && !holds {
			return problem("waybill.said", at, "the column is used otherwise than it was found, and nobody says why", nil)
		}
		if lost := lost(c); lost != "" {
			return problem("waybill.said", at, fmt.Sprintf("%s proves itself in the column, and the decision did not use it", lost), nil)
		}
		if c.Said == nil {
			continue
		}
		v.report.Said = append(v.report.Said, SaidColumn{*c.Said, used.Columns[n].Element})
		v.ok(at, saidText(c.Said, used.Columns[n].Element))
	}
	for _, k := range p.Choices {
		v.ok(place+".choices", choiceText(k))
	}
	return nil
}

// lost is an element that the values of a column prove and the used column does
// not have.
func lost(c dataspace.ColumnProfile) dataspace.ElementID {
	if c.Used == nil {
		return ""
	}
	proved := slices.DeleteFunc(slices.Clone(c.Contains), func(in dataspace.Contained) bool { return !in.Proved() })
	if c.Own != nil {
		proved = append(proved, c.Own.Contains...)
	}
	for _, p := range proved {
		is := c.Used.Element != nil && look.Same(*c.Used.Element, p.Element)
		if !is && !slices.ContainsFunc(c.Used.Contains, func(u dataspace.Contained) bool { return u.Element == p.Element && u.Rows >= p.Rows }) {
			return p.Element
		}
	}
	return ""
}

// nameOf names an element in a sentence.
func nameOf(id *dataspace.ElementID, none string) string {
	if id == nil {
		return none
	}
	return string(*id)
}

// saidText shows the finding, the statement and what was used.
func saidText(s *dataspace.Said, used *dataspace.ElementID) dataspace.Text {
	st := s.Statement
	says := map[dataspace.Saying][2]string{
		dataspace.SaysConfirm:     {"confirms this", "确认该发现"},
		dataspace.SaysCorrect:     {"says that it is " + nameOf(st.Element, ""), "更正为 " + nameOf(st.Element, "")},
		dataspace.SaysNotPersonal: {"says that it holds no personal data", "说明其不含个人信息"},
	}[st.Says]
	out := text(
		fmt.Sprintf("Column %q: found %s. %s %s (%s: %q). Used as %s.", st.Column, nameOf(s.Found, "no element"), st.By, says[0], st.At, st.Reason, nameOf(used, "no element")),
		fmt.Sprintf("列 %q：发现为 %s。%s %s（%s：%q）。判定采用 %s。", st.Column, nameOf(s.Found, "无要素"), st.By, says[1], st.At, st.Reason, nameOf(used, "无要素")))
	if s.Changed != "" {
		out.EN += " The column has changed since (" + s.Changed + "), so the statement had no effect."
		out.ZH += "该列此后已变化（" + s.Changed + "），该说明未生效。"
	}
	for _, p := range s.Proved {
		out.EN += fmt.Sprintf(" %s proves itself in %d rows and stays.", p.Element, p.Rows)
		out.ZH += fmt.Sprintf("%s 在 %d 行中可自证，予以保留。", p.Element, p.Rows)
	}
	return out
}

// choiceText shows which key a person chose for a role.
func choiceText(k dataspace.KeyChoice) dataspace.Text {
	role := [2]string{"whom the table is about", "主体"}
	if k.Role != "" {
		role = [2]string{k.Role, k.Role}
	}
	by := [2]string{"the main person of each row", "每行的主体"}
	if len(k.Columns) > 0 {
		names := fmt.Sprintf("%q", k.Columns)
		by = [2]string{names, names}
	}
	return text(
		fmt.Sprintf("People (%s) are told apart by %s, as %s chose (%s: %q).", role[0], by[0], k.By, k.At, k.Reason),
		fmt.Sprintf("个人（%s）按 %s 区分，由 %s 选定（%s：%q）。", role[1], by[1], k.By, k.At, k.Reason))
}
