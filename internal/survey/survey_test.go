package survey_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/rules"
	"hutong/internal/survey"
)

// crowd is a number of exporters. The exporter with the index near has used up
// most of a number.
type crowd struct {
	n, near int
	now     time.Time
	looked  int // at exporters
	read    int // pages
	broken  error
}

func name(i int) dataspace.ParticipantID { return dataspace.ParticipantID(fmt.Sprintf("p-%06d", i)) }

func (c *crowd) page(_ context.Context, after dataspace.ParticipantID, limit int) (out []gateway.Participant, err error) {
	c.read++
	first := 0
	if after != "" {
		if _, err := fmt.Sscanf(string(after), "p-%06d", &first); err != nil {
			return nil, err
		}
		first++
	}
	for i := first; i < c.n && len(out) < limit; i++ {
		out = append(out, gateway.Participant{ID: name(i)})
	}
	return out, c.broken
}

func (c *crowd) outlooks(_ context.Context, p gateway.Participant) ([]clear.Outlook, error) {
	c.looked++
	o := clear.Outlook{Bound: rules.Bound{Pack: "zz/law", Name: "n", Value: 100}, Count: 1}
	if p.ID == name(c.near) {
		o.Count, o.Warn = 90, []string{"near"}
	}
	return []clear.Outlook{o}, nil
}

func (c *crowd) survey() *survey.Survey {
	return survey.New(survey.Config{Page: c.page, Outlooks: c.outlooks, Now: func() time.Time { return c.now }})
}

var n = survey.Number{Pack: "zz/law", Name: "n"}

// A step costs the same with ten exporters and with a hundred thousand. So does
// an answer, because it checks no exporter.
func TestCostsTheSame(t *testing.T) {
	for _, size := range []int{10, 100_000} {
		c := &crowd{n: size}
		s := c.survey()
		for range 5 {
			before, pages := c.looked, c.read
			if _, err := s.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := c.looked - before; got > survey.Exporters || c.read != pages+1 {
				t.Errorf("of %d exporters a step looks at %d, in %d pages", size, got, c.read-pages)
			}
			before = c.looked
			if f := s.Figures(); f.Used[n] != 0.9 || f.Warnings != 1 || c.looked != before {
				t.Errorf("of %d exporters: %+v, and %d were looked at for the answer", size, f, c.looked-before)
			}
		}
	}
}

// A round checks every exporter once, and its figures are shown when it is
// complete.
func TestRounds(t *testing.T) {
	c := &crowd{n: 35, near: 33, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	s := c.survey()
	step := func() survey.Figures {
		t.Helper()
		if _, err := s.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(time.Minute)
		return s.Figures()
	}
	if f := s.Figures(); !f.Since.IsZero() || len(f.Used) != 0 {
		t.Errorf("before anything: %+v", f)
	}
	if f := step(); f.Used[n] != 0.01 || f.Warnings != 0 {
		t.Errorf("in the first round: %+v", f)
	}
	step()
	step()
	if whole, err := s.Step(t.Context()); !whole || err != nil {
		t.Errorf("the round ends with the fourth step: %v, %v", whole, err)
	}
	if f := s.Figures(); f.Used[n] != 0.9 || f.Warnings != 1 || c.looked != 35 {
		t.Errorf("after %d of 35: %+v", c.looked, f)
	}
	first := s.Figures()
	c.near = 2 // and the one before is far again
	if f := step(); f.Warnings != 1 || !f.Since.Equal(first.Since) {
		t.Errorf("in the second round: %+v", f)
	}
	step()
	step()
	if f := step(); f.Warnings != 1 || f.Used[n] != 0.9 || f.Since.Equal(first.Since) || c.looked != 70 {
		t.Errorf("after the second round: %+v", f)
	}
	c.near = -1
	for range 4 {
		step()
	}
	if f := s.Figures(); f.Warnings != 0 || f.Used[n] != 0.01 {
		t.Errorf("nobody is near any more: %+v", f)
	}
	c.broken = errors.New("the disk fails")
	if _, err := s.Step(t.Context()); !errors.Is(err, c.broken) {
		t.Error(err)
	}
	if f := s.Figures(); f.Used[n] != 0.01 {
		t.Errorf("after an error: %+v", f)
	}
	c.broken = nil
	if before := c.looked; step().Since.IsZero() || c.looked != before+survey.Exporters {
		t.Error("it does not go on after an error")
	}
}

// A caller cannot change the figures.
func TestFiguresAreCopies(t *testing.T) {
	s := (&crowd{n: 1}).survey()
	if _, err := s.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Figures().Used[n] = 7
	if got := s.Figures().Used[n]; got != 0.9 {
		t.Errorf("%v", got)
	}
}
