package rules

// Citation is one statement of a pack and what it rests on.
type Citation struct {
	Pack   string   `json:"pack"`
	ID     string   `json:"id"` // rule, or number.x, instrument.x, text.x
	Source string   `json:"source"`
	Facts  []string `json:"facts"`
}

// Citations lists what every statement of the packs rests on, for whoever
// checks sources or writes them down.
func Citations(packs []*Pack) []Citation {
	var out []Citation
	for _, p := range packs {
		add := func(id, source string, facts []string) {
			out = append(out, Citation{string(p.yaml.ID), id, p.address(source), facts})
		}
		for _, r := range p.rules {
			add(string(r.ID), r.Source, r.Facts)
		}
		for _, h := range p.handling {
			add(string(h.ID), h.Source, h.Facts)
		}
		for _, k := range sortedKeys(p.yaml.Numbers) {
			add("number."+k, p.yaml.Numbers[k].Source, p.yaml.Numbers[k].Facts)
		}
		for _, k := range sortedKeys(p.yaml.Instruments) {
			add("instrument."+k, p.yaml.Instruments[k].Source, p.yaml.Instruments[k].Facts)
		}
		for _, k := range sortedKeys(p.yaml.Texts) {
			add("text."+k, p.yaml.Texts[k].Source, p.yaml.Texts[k].Facts)
		}
	}
	return out
}
