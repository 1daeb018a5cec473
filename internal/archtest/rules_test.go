package archtest_test

import "regexp"

// module is the module path, with the slash that follows it in imports.
const module = "hutong/"

// layer is a set of packages that do not import each other and import only
// from the layers below.
type layer struct {
	name     string
	pure     bool // no I/O, no clock, no randomness
	packages []string
}

// layers is the whole architecture, from the surface to the vocabulary. A
// package that is not here fails the test, and so does a line here without a
// package.
var layers = []layer{
	{name: "main", packages: []string{"bench/big", "bench/catalogue", "bench/fit", "bench/flows", "bench/officer", "bench/opa", "bench/pace", "bench/parquet", "bench/people", "bench/profile", "cmd/hutong", "docs", "internal/systest"}},
	{name: "measuring", packages: []string{"bench/everyday", "bench/pair", "bench/sentences"}},
	{name: "values that are made", packages: []string{"bench/draw"}},
	{name: "command line", packages: []string{"internal/cli"}},
	{name: "groups of commands", packages: []string{
		"internal/cli/authority", "internal/cli/demo", "internal/cli/evidence", "internal/cli/gate", "internal/cli/law",
	}},
	{name: "what groups of commands share", packages: []string{"internal/cli/input", "internal/cli/show"}},
	{name: "frame of commands", packages: []string{"internal/cli/frame"}},
	{name: "wiring", packages: []string{"internal/node", "internal/tck"}},
	{name: "surfaces and storage", packages: []string{"internal/api", "internal/dsp", "internal/exchange", "internal/memory", "internal/sqlite"}},
	{name: "what stores promise", packages: []string{"internal/storetest"}},
	{name: "over all exporters, what rests on documents", packages: []string{"internal/reliance", "internal/survey"}},
	{name: "tools of packs", packages: []string{"internal/packtools"}},
	{name: "conductor", packages: []string{"internal/flow"}},
	{name: "decisions of flows", packages: []string{"internal/decide"}},
	{name: "services", packages: []string{
		"internal/agree", "internal/annex", "internal/clear", "internal/deliver", "internal/dossier", "internal/gateway", "internal/papers",
		"internal/profile", "internal/prove", "internal/sample", "internal/screen",
	}},
	{name: "people of one dataset", packages: []string{"internal/census"}},
	{name: "counting", packages: []string{"internal/people"}},
	{name: "tests of what lasts", packages: []string{"internal/work/worktest"}},
	{name: "what lasts", packages: []string{"internal/work"}},
	{name: "places of objects", packages: []string{"internal/objects/folder", "internal/objects/memory", "internal/objects/objectstest"}},
	{name: "objects", packages: []string{"internal/objects"}},
	{name: "values of keys, rows that are alike", packages: []string{"internal/alike", "internal/tally"}},
	{name: "sets of people", packages: []string{"internal/runset", "internal/spill"}},
	{name: "what sources promise", packages: []string{"internal/sourcetest"}},
	{name: "tests of what is embedded", packages: []string{"internal/wordstest"}},
	{name: "files", packages: []string{"internal/files"}},
	{name: "clock", packages: []string{"internal/clock"}},
	{name: "any format, blanks of forms", pure: true, packages: []string{"internal/blank", "internal/table/format"}},
	{name: "formats", pure: true, packages: []string{"internal/table/csv", "internal/table/dialect", "internal/table/jsonl", "internal/table/parquet", "internal/office"}},
	{name: "blocks of input, charsets, names of columns", pure: true, packages: []string{"internal/table/block", "internal/table/charset", "internal/table/heading", "internal/table/parquet/runs"}},
	{name: "law beside law", pure: true, packages: []string{"internal/conditional", "internal/contrast", "internal/recognition"}},
	{name: "law examined", pure: true, packages: []string{"internal/examine"}},
	{name: "deciding", pure: true, packages: []string{"internal/incident", "internal/rules"}},
	{name: "different values of a column, forms of cells, offers between gateways", pure: true, packages: []string{"internal/distinct", "internal/formed", "internal/offered"}},
	{name: "agreements of authorities, words of packs, law that concerns some flows only, what a list says, values that packs tell apart, kinds of cells, cells that repeat, statements that exclude each other, items in words", pure: true, packages: []string{"internal/agreed", "internal/bar", "internal/cellkind", "internal/contradict", "internal/coverage", "internal/dictcount", "internal/domain", "internal/lexicon", "internal/listed", "internal/repeats", "internal/treatment"}},
	{name: "pure logic", pure: true, packages: []string{
		"internal/agenda", "internal/declare", "internal/meter", "internal/odrl", "internal/offer", "internal/officer", "internal/outcome", "internal/pack", "internal/parallel", "internal/spelling", "internal/table", "internal/tlog",
	}},
	{name: "citations, counts of packs, data on lists", pure: true, packages: []string{"internal/citation", "internal/counted", "internal/item"}},
	{name: "kinds of data on lists", pure: true, packages: []string{"internal/itemkind"}},
	{name: "whether rows are about people", pure: true, packages: []string{"internal/about"}},
	{name: "whom the texts of a column name", pure: true, packages: []string{"internal/intext"}},
	{name: "what proves itself in a cell, what a column is, whom texts name", pure: true, packages: []string{"internal/look", "internal/naming", "internal/odds", "internal/paired"}},
	{name: "readings and chance", pure: true, packages: []string{"internal/chance", "internal/reading"}},
	{name: "questions about facts", pure: true, packages: []string{"internal/derived", "internal/homezone", "internal/unknown"}},
	{name: "facts as conditions see them, cost of conditions", pure: true, packages: []string{"internal/estimate", "internal/variable"}},
	{name: "facts and elements", pure: true, packages: []string{"internal/compared", "internal/element", "internal/fact", "internal/outline", "internal/role", "internal/youth"}},
	{name: "header words, names in cells and texts", pure: true, packages: []string{"internal/headword", "internal/latin", "internal/namemodel", "internal/tagger"}},
	{name: "words in names of columns, words beside numbers, values that are nobody, forms of numbers, dates, patterns and checks, signs", pure: true, packages: []string{"internal/bounds", "internal/calendar", "internal/columnname", "internal/gate", "internal/label", "internal/masked", "internal/medical", "internal/nationalid", "internal/nobody", "internal/position", "internal/signs", "internal/telephone", "internal/wallet"}},
	{name: "Chinese characters", pure: true, packages: []string{"internal/hanzi"}},
	{name: "vocabularies, YAML documents, zones of time, working days", pure: true, packages: []string{"internal/vocab", "internal/workday", "internal/yamldoc", "internal/zone"}},
	{name: "vocabulary", pure: true, packages: []string{"internal/dataspace"}},
	{name: "no imports of ours", packages: []string{"client", "packs", "filings", "words", "internal/archtest", "internal/ballast"}},
}

// impure are imports that a pure package must not have.
var impure = regexp.MustCompile(`^(os|os/.*|net|net/http.*|net/rpc.*|net/smtp|syscall|database/sql.*|log|math/rand|math/rand/v2|crypto/rand|io/ioutil|plugin|runtime/debug)$`)

// clock are the functions of package time that read the clock or wait.
var clock = regexp.MustCompile(`^(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)$`)

// elapsed says which files may ask package time all the same, and why: they
// measure how long something takes, or wait for a connection, a process or a
// person. Nothing is decided there by the hour or the day.
var elapsed = []exempt{
	{"the one clock", regexp.MustCompile(`^internal/clock/`)},
	{"measuring", regexp.MustCompile(`^bench/`)},
	{"suites of tests", regexp.MustCompile(`(^|/)[a-z]+test/`)},
	{"drives the conformance kit, another process", regexp.MustCompile(`^internal/tck/`)},
	{"how long a connection is silent; the deadlines of connections are the machine's", regexp.MustCompile(`^internal/deliver/(pull|respond)\.go$`)},
	{"what a person sees of progress, and how long a demonstration takes", regexp.MustCompile(`^internal/cli/(frame/meter|gate/follow_progress|demo/[a-z]+)\.go$`)},
}

// exempt is a reason and the files that it holds for.
type exempt struct {
	why   string
	files *regexp.Regexp
}

// jurisdiction matches the string literals that name one, its law, or what only
// that law counts or calls so. GB
// alone is left out: it is how sizes are written. So are the examples in a
// command's help, which are documents.
var jurisdiction = regexp.MustCompile(`^((CN|SG|HK|MO|TW|US|EU|UK|JP|KR|DE|FR|AE|MY|TH|VN)(-[A-Z0-9]{1,3})?|GB-[A-Z0-9]{3})$|(?i:shanghai|singapore|hong ?kong|beijing|lin-?gang)|\b(China|PRC|PIPL|PDPA|GDPR|CPRA|CCPA)\b|上海|新加坡|香港|澳门|北京|中国|临港|个人信息保护法|数据安全法|\bdata\.important|(?i:\bunder[ _-]1[468]\b|\bus[ _]persons\b|\bcritical information infrastructure\b)|不满十[四六八]周岁|关键信息基础设施`)

// lawFree says where jurisdictions may be named: what makes or shows samples
// or measures with them.
var lawFree = regexp.MustCompile(`^bench/|^internal/sample/|^internal/tck/|^internal/cli/demo/`)

// vague are package names that say nothing about what belongs there.
var vague = regexp.MustCompile(`^(util|utils|common|shared|helper|helpers|constants|models|types|base|misc|lib)$`)

// Sizes in lines. Above the first a file or function is reported, above the
// second the test fails.
const (
	fileLook, fileFail         = 400, 800
	testFileLook, testFileFail = 800, 1500
	funcLook, funcFail         = 100, 200
)

// Stored minima: fewer than this and the test has not looked at the tree.
// Raise them when the tree grows.
const (
	minPackages = 34
	minFiles    = 330
)
