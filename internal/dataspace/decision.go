package dataspace

import "slices"

// Verdict is the result of a decision about a flow.
type Verdict string

// The verdicts, mildest first.
const (
	Cleared        Verdict = "cleared"
	ActionRequired Verdict = "action_required"
	HumanReview    Verdict = "human_review"
	Prohibited     Verdict = "prohibited"
)

// Severity orders verdicts: a higher one is stricter. An unknown verdict is the
// strictest, so that a mistake leads to a refusal.
func (v Verdict) Severity() int {
	switch v {
	case Cleared:
		return 1
	case ActionRequired:
		return 2
	case HumanReview:
		return 3
	}
	return 4
}

// Stricter returns the stricter of the two.
func (v Verdict) Stricter(w Verdict) Verdict {
	if w.Severity() > v.Severity() {
		return w
	}
	return v
}

// Side is the side of the border for which a regime applies.
type Side string

// The sides.
const (
	ExportSide Side = "export"
	ImportSide Side = "import"
)

// Decision is the outcome over all regimes; its JSON follows
// decision.schema.json. It contains no clock time: the same facts and packs
// give the same bytes.
type Decision struct {
	Verdict     Verdict         `json:"verdict"`
	Regimes     []RegimeOutcome `json:"regimes"`
	Reasons     []Reason        `json:"reasons"`
	Obligations []Obligation    `json:"obligations"`
	Missing     []Missing       `json:"missing,omitempty"`
	Changes     []Change        `json:"what_would_change_it,omitempty"`
	Warnings    []Warning       `json:"warnings,omitempty"`
	Handling    []Handling      `json:"handling,omitempty"`
	Packs       []PackRef       `json:"packs"`
	FactsSHA256 Digest          `json:"facts_sha256"`
	// Recognitions are the agreements on which it may depend, besides the
	// packs.
	Recognitions []RecognitionRef `json:"recognitions,omitempty"`
	// Days are the days of the regimes that were not decided on the exporter's
	// day.
	Days []RegimeDay `json:"days,omitempty"`
	// Assumed are facts that nobody has stated, and of which the decision takes it
	// that nothing is there because nothing was found; another answer would change
	// it.
	Assumed []Missing `json:"assumed,omitempty"`
	// Narrower are facts that nobody has stated, for which the decision takes the
	// strictest that they can be.
	Narrower []Missing `json:"narrower,omitempty"`
	// NotExamined is the law that may concern the flow, and at which the decision
	// did not look.
	NotExamined []Unexamined `json:"not_examined,omitempty"`
	// Conditional is the answer where facts are open: what holds if some statements
	// are true, and what at the worst.
	Conditional *Conditional `json:"conditional,omitempty"`
}

// Unexamined is a rule at which a decision did not look: it is not known whether
// it concerns the flow, or its question is asked after stricter ones.
type Unexamined struct {
	Rule       RuleID     `json:"rule"`
	Pack       PackID     `json:"pack"`
	Article    string     `json:"article"`
	ArticleZH  string     `json:"article_zh,omitempty"` // as Chinese texts cite it
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
	Text       Text       `json:"text"`
	// Facts are those that are not known and would say whether it concerns the flow.
	Facts []string `json:"facts,omitempty"`
	// Ask is its question, where it is known that the law concerns the flow.
	Ask *Text `json:"ask,omitempty"`
}

// Conditional is an answer under statements that nobody has made.
type Conditional struct {
	// If are the statements, first the one whose other answers lead to the worst.
	If   []Supposed `json:"if"`
	Then Outcome    `json:"then"` // at most, if all of them are true
	Else Outcome    `json:"else"` // at most, whatever is true
	// Demands are the obligations that must be fulfilled before delivery in any
	// case, by id.
	Demands []string `json:"demands,omitempty"`
}

// Supposes is the place of the statement about a fact; -1 if there is none.
func (c *Conditional) Supposes(fact string) int {
	if c == nil {
		return -1
	}
	return slices.IndexFunc(c.If, func(s Supposed) bool { return s.Fact == fact })
}

// Supposed is a fact with a value that a person may state.
type Supposed struct {
	Fact  string `json:"fact"`
	Value Value  `json:"value"`
	Text  Text   `json:"text"`
	Ask   *Text  `json:"ask,omitempty"`
	// Standing says that it can be declared for a time.
	Standing bool `json:"standing,omitempty"`
}

// Outcome is a verdict, with the pathway of the regime that is the strictest.
type Outcome struct {
	Pathway string  `json:"pathway"`
	Verdict Verdict `json:"verdict"`
}

// RegimeDay is the day on which a regime was decided.
type RegimeDay struct {
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	Side         Side         `json:"side"`
	On           string       `json:"on"`
}

// RegimeOutcome is the result of one jurisdiction's rules on one side.
type RegimeOutcome struct {
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	Side         Side         `json:"side"`
	Pathway      string       `json:"pathway"` // before instruments
	Verdict      Verdict      `json:"verdict"` // after instruments
	// Counted says whether the people of this flow add to the regime's yearly
	// count. It is false only if a rule leaves the flow out of the count.
	Counted bool `json:"counted"`
}

// Text is a sentence in both languages.
type Text struct {
	EN string `json:"en" yaml:"en"`
	ZH string `json:"zh" yaml:"zh"`
}

// Reason is one rule that applied.
type Reason struct {
	Rule       RuleID         `json:"rule"`
	Pack       PackID         `json:"pack"`
	Article    string         `json:"article"`
	ArticleZH  string         `json:"article_zh,omitempty"` // as Chinese texts cite it
	Source     string         `json:"source"`
	Confidence Confidence     `json:"confidence"`
	Decisive   bool           `json:"decisive"`
	Text       Text           `json:"text"`
	Facts      map[string]any `json:"facts,omitempty"` // the facts that the rule read
	// Declared are the declarations on which those facts rest.
	Declared []Basis `json:"declared,omitempty"`
}

// Obligation is an action that is required, with a deadline where the law sets
// one.
type Obligation struct {
	ID             string  `json:"id"`
	Due            *string `json:"due"` // 2006-01-02
	Satisfied      bool    `json:"satisfied"`
	By             *string `json:"by"` // instrument id
	BeforeDelivery bool    `json:"before_delivery"`
	Text           Text    `json:"text"`
	// Deadline describes the due date in words where no date can be computed
	// from the facts alone ("within 10 working days after it takes effect").
	Deadline *Text `json:"deadline,omitempty"`
	// Instruments are the kinds of instruments; any one of them satisfies the
	// obligation.
	Instruments []string `json:"instruments,omitempty"`
	// Until is the last day on which something must be kept, 2006-01-02.
	Until *string `json:"until,omitempty"`
	// Through lists, in order, the recognitions by which an instrument of
	// another regime satisfies it.
	Through []string `json:"through,omitempty"`
}

// Warning is a problem that is near: an instrument that ends soon, an
// instrument whose basis has changed, or a count that comes near a number of
// the law.
type Warning struct {
	Kind           string       `json:"kind"` // renew, refile, WarnCount
	Instrument     InstrumentID `json:"instrument,omitempty"`
	InstrumentKind string       `json:"instrument_kind,omitempty"`
	Number         string       `json:"number,omitempty"` // pack#name of the number of the law
	From           string       `json:"from,omitempty"`   // first day on which to act
	Until          string       `json:"until,omitempty"`  // last day of the instrument
	Article        string       `json:"article"`
	ArticleZH      string       `json:"article_zh,omitempty"`
	Source         string       `json:"source"`
	Confidence     Confidence   `json:"confidence"`
	Text           Text         `json:"text"`
}

// WarnCount is the kind of a warning that a count is close to a threshold.
const WarnCount = "count"

// Missing is an unknown fact or official text without which the verdict cannot
// be better than human review.
type Missing struct {
	Fact  string `json:"fact"`
	Why   Text   `json:"why"`
	Where string `json:"where,omitempty"` // where the official text is published
	Ask   *Text  `json:"ask,omitempty"`   // the question for it, of a fact that somebody states
}

// Change is a change of facts that would lead to a better verdict.
type Change struct {
	Text    Text    `json:"text"`
	Verdict Verdict `json:"verdict"`
	// Kind is instrument, obligation, drop, fewer or fact.
	Kind     string      `json:"kind,omitempty"`
	Elements []ElementID `json:"elements,omitempty"` // to drop
}

// Handling is the minimum treatment of an element that a rule asks of the plan.
type Handling struct {
	Element ElementID `json:"element"`
	Action  Action    `json:"action"`
	Rule    RuleID    `json:"rule"`
}

// PackRef names the exact bytes of a rule pack.
type PackRef struct {
	ID      PackID `json:"id"`
	Version string `json:"version"`
	SHA256  Digest `json:"sha256"`
}

// RecognitionRef names the exact content of a recognition agreement.
type RecognitionRef struct {
	ID     string `json:"id"`
	SHA256 Digest `json:"sha256"`
}

// Counted reports whether the flow's people must be counted on the export side.
// In doubt they are counted.
func (d *Decision) Counted() bool {
	for _, r := range d.Regimes {
		if r.Side == ExportSide && r.Counted {
			return true
		}
	}
	return len(d.Regimes) == 0
}
