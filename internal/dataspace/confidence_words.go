package dataspace

var confidenceWords = map[Confidence]Text{
	VerbatimSourceSeen: {EN: "official text seen", ZH: "已见原文"},
	Secondary:          {EN: "secondary source", ZH: "二手来源"},
	SecondaryWeak:      {EN: "weak secondary source", ZH: "较弱的二手来源"},
	Derived:            {EN: "derived", ZH: "推导"},
	Memory:             {EN: "not verified", ZH: "未核实"},
}

// Words says in words how sure a statement of law is.
func (c Confidence) Words() Text {
	if t, ok := confidenceWords[c]; ok {
		return t
	}
	return Text{EN: string(c), ZH: string(c)}
}
