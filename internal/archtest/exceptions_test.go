package archtest_test

// Bounds of what one reader can hold in mind.
const (
	maxMethods = 40   // of a type, with those that it embeds and those that point back to it
	maxFields  = 20   // of a struct
	maxParams  = 6    // of a function
	maxLines   = 4000 // of a package, without tests
)

// Stored minima; see rules_test.go.
const (
	minTypes = 600
	minNames = 10000
)

// tooMany are the exceptions from the bounds, each with its reason. An
// exception that is not needed fails.
var tooMany = map[string]string{
	"client.Flow fields":             "A client reads one flow as one answer, and each member of it is part of the public API.",
	"internal/agree.Service":         "It is the one place where messages of both protocols and both roles arrive, and each message is a method.",
	"internal/gateway.Service":       "It is the register of all that a gateway knows, and each kind of entry has its own few methods.",
	"internal/profile.column fields": "It is the state of one column during the one pass, kept in one piece of memory for speed.",
	"internal/prove.Log":             "It has one writer, and the whole state of a log must change under its one lock.",
	"internal/prove.Log fields":      "It has one writer, and the whole state of a log must change under its one lock.",
	"internal/pack.Document fields":  "It is pack.yaml as it is written, and each field is a key of that format.",
	"internal/pack.Pack":             "A pack never changes once it is loaded, and most of its methods hand out one thing that it declares.",
	"internal/pack.RuleDoc fields":   "It is a rule of pack.yaml as it is written, and each field is a key of that format.",
}

// lawWords are words that name a law, its authorities or what only it counts.
var lawWords = []string{
	"us persons", "us person", "ciio", "doj", "gdpr", "pipl", "pipia", "pdpa", "ccpa", "cpra", "cac", "dsl", "gba", "mlps", "prc",
	"non sensitive", "important data", "important item", "important notified", "critical infrastructure", "central body",
	"under 14", "under 16", "under 18", "35273", "45574", "shanghai", "beijing", "singapore", "hong kong", "macau",
}

// placeCodes are codes of jurisdictions as identifiers write them.
var placeCodes = []string{"CN", "SG", "HK", "MO", "TW", "EU", "UK", "JP", "KR"}

// lawNamed are the exceptions from the rule that no identifier names law, each
// with its reason. An exception that is not needed fails.
var lawNamed = map[string]string{
	"internal/element": "A validator of identifiers is named after the country whose numbers it checks.",
	"ISO2022JP":        "It is the name of a charset in a library.",
}
