package node

import (
	"context"
	"time"

	"hutong/internal/clear"
	"hutong/internal/gateway"
	"hutong/internal/pack"
	"hutong/internal/survey"
)

// surveyEvery is the pause between two steps of a round of the survey: a round
// over a hundred thousand exporters takes three hours, over a thousand two
// minutes.
const surveyEvery = time.Second

// Survey says how near the counts of all exporters are to the numbers of the
// law.
func (n *Node) Survey() *survey.Survey { return n.state.survey }

func (n *Node) newSurvey() *survey.Survey {
	return survey.New(survey.Config{Page: n.state.lists.ParticipantsPage, Outlooks: n.outlooks, Now: n.clock.Now})
}

// outlooks says how near an exporter is to each number in this year.
func (n *Node) outlooks(ctx context.Context, p gateway.Participant) ([]clear.Outlook, error) {
	set := n.Rules()
	today := pack.ParseDay(set.Home(p.Exporter(set.Facts())).First(n.clock.Now()))
	year, err := clear.ReadYear(ctx, n.Counts, clear.NewCounting(set.Counts()), p.ID, today.Year())
	if err != nil {
		return nil, err
	}
	return year.Outlooks(set.Bounds(p.Exporter(set.Facts()), today.Format(time.DateOnly)), today), nil
}
