package input

import (
	"hutong/internal/dataspace"
	"hutong/internal/rules"
	"hutong/internal/zone"
)

// Date gives a document of facts that names an instant, but no day, the day of
// the exporter by the packs of a set.
func Date(set *rules.Set) func(doc map[string]any) error {
	return func(doc map[string]any) error {
		text, ok := doc["at"].(string)
		if _, dated := doc["on"]; !ok || dated {
			return nil
		}
		at, err := zone.Instant("at", text)
		if err != nil {
			return err
		}
		exporter, _ := doc["exporter"].(map[string]any)
		var known dataspace.Values
		for _, key := range []string{"time_zone", "jurisdiction"} {
			if v, ok := exporter[key].(string); ok {
				known.Set("exporter."+key, dataspace.TextOf(v))
			}
		}
		if read, err := set.Facts().ReadWords(known); err == nil { // what is wrong is said where the facts are read
			known = read
		}
		doc["on"] = set.Home(known).First(at)
		return nil
	}
}
