package prove

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
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
	var p dataspace.Profile
	if v.w.Role == dataspace.Provider { // with whom the profile stays
		if _, err := v.doc(i, docProfile, &p); err != nil {
			return err
		}
	}
	if err := v.checkSpoken(i, p); err != nil || v.w.Role != dataspace.Provider {
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

// spoken are the statements and choices in a profile that are evidence of their
// own, by their events, as these have them.
func spoken(p dataspace.Profile) map[dataspace.EventID]dataspace.Spoken {
	out := map[dataspace.EventID]dataspace.Spoken{}
	for _, c := range p.Columns {
		if c.Said != nil && c.Said.Statement.Event != "" {
			st := c.Said.Statement
			st.Event = ""
			out[c.Said.Statement.Event] = dataspace.Spoken{Statement: &st}
		}
	}
	for _, k := range p.Choices {
		if id := k.Event; id != "" {
			k.Event = ""
			out[id] = dataspace.Spoken{Choice: &k}
		}
	}
	return out
}

// checkSpoken verifies that each statement in the profile was logged before it,
// as the profile has it, and that the waybill has no other statement. profile is
// the place of its entry.
func (v *verifier) checkSpoken(profile int, p dataspace.Profile) error {
	want := spoken(p)
	for i, e := range v.entries {
		if e.Kind != dataspace.EventStatement {
			continue
		}
		said, ok := want[e.ID]
		if !ok {
			return problem("waybill.said", e.place, "the profile does not have this statement", nil)
		}
		if i > profile {
			return problem("waybill.said", e.place, "the statement was logged after the profile that uses it", nil)
		}
		var got dataspace.Spoken
		if _, err := v.doc(i, dataspace.DocStatement, &got); err != nil {
			return err
		}
		if !reflect.DeepEqual(got.Statement, said.Statement) || !reflect.DeepEqual(got.Choice, said.Choice) {
			return problem("waybill.said", e.place+"."+dataspace.DocStatement, "the statement was logged otherwise than the profile has it", nil)
		}
		delete(want, e.ID)
	}
	if missing := slices.Sorted(maps.Keys(want)); len(missing) > 0 {
		return problem("waybill.said", string(missing[0]), "the log entry of a statement in the profile is missing", nil)
	}
	if n := len(spoken(p)); n > 0 {
		v.ok("entries", text(fmt.Sprintf("Statements on the dataset that were logged before the profile, with who, when and why: %d.", n),
			fmt.Sprintf("在数据识别之前记入日志、载明何人何时何因的数据集说明：%d 项。", n)))
	}
	return nil
}

// said are the events of the statements in the last profile of a flow.
func (l *Log) said(ctx context.Context, events []LoggedRow) ([]LoggedRow, error) {
	var p dataspace.Profile
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind != dataspace.EventProfile {
			continue
		}
		var openings map[string]Opening
		if err := json.Unmarshal(events[i].Openings, &openings); err != nil {
			return nil, fmt.Errorf("read openings of event %s: %w", events[i].ID, err)
		}
		doc, err := l.store.Document(ctx, openings[docProfile].Digest)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &p); err != nil {
			return nil, fmt.Errorf("read the profile of event %s: %w", events[i].ID, err)
		}
		break
	}
	var out []LoggedRow
	for _, id := range slices.Sorted(maps.Keys(spoken(p))) {
		e, err := l.store.Event(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
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
		fmt.Sprintf("列 %q：发现为 %s。%s %s（%s：%q）。判定采用 %s。", st.Column, nameOf(s.Found, "无数据项"), st.By, says[1], st.At, st.Reason, nameOf(used, "无数据项")))
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
