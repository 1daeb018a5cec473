package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// PackFiles is a folder of packs that no gateway uses yet: its files by their
// paths in it, with slashes, such as region/name/pack.yaml. Calendars and
// overlaid packs may be left out if they come with the program.
type PackFiles map[string][]byte

// PackInfo is a pack as a list shows it.
type PackInfo struct {
	PackRef
	Jurisdiction string `json:"jurisdiction"`
	Title        Text   `json:"title"`
	Rules        int    `json:"rules"`
}

// PackRules lists the rules of a pack.
type PackRules struct {
	Pack  PackRef    `json:"pack"`
	Title Text       `json:"title"`
	Rules []PackRule `json:"rules"`
}

// PackRule is one rule of a pack as people read it.
type PackRule struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"` // pathway, bar, obligation, note, recognition, handling, incident
	Article    string `json:"article"`
	ArticleZH  string `json:"article_zh,omitempty"`
	Source     string `json:"source"` // an address
	Confidence string `json:"confidence"`
	From       string `json:"from,omitempty"` // first and last day in force
	To         string `json:"to,omitempty"`
	Recorded   string `json:"recorded,omitempty"`  // first day on which the pack knew it
	Withdrawn  string `json:"withdrawn,omitempty"` // and first on which it no longer did
	Text       Text   `json:"text"`
}

// PackFindings are the errors of a pack.
type PackFindings struct {
	Pack     PackRef       `json:"pack"`
	Rules    int           `json:"rules"`
	Findings []PackFinding `json:"findings"`
}

// PackFinding is something wrong with a pack that loads nevertheless.
type PackFinding struct {
	Rule    string `json:"rule,omitempty"` // empty: the pack as a whole
	Code    string `json:"code"`
	Message string `json:"message"`
}

// PackTest is the result of the cases of a pack.
type PackTest struct {
	Pack  PackRef    `json:"pack"`
	Cases []PackCase `json:"cases"`
	// Decided names for each rule the cases that it decided.
	Decided   map[string][]string `json:"decided"`
	Undecided []string            `json:"undecided,omitempty"` // rules that decide no case
	Err       string              `json:"error,omitempty"`     // the cases could not be run
}

// PackCase is one case with its deviations from the expected result.
type PackCase struct {
	ID       string   `json:"id"`
	Why      string   `json:"why,omitempty"`
	Failures []string `json:"failures,omitempty"`
}

// PackMutants says which small mistakes in a pack its cases detect.
type PackMutants struct {
	Pack      PackRef  `json:"pack"`
	Mutants   int      `json:"mutants"` // mistakes that were tried
	Killed    int      `json:"killed"`  // mistakes that a case detected
	Broken    int      `json:"broken"`  // other mistakes, after which the pack does not load
	Survivors []string `json:"survivors,omitempty"`
	Excused   []string `json:"excused,omitempty"` // survivors that the cases excuse
	Stale     []string `json:"stale,omitempty"`   // excuses without effect
	Err       string   `json:"error,omitempty"`   // nothing could be tried
}

// PacksToExamine says which packs: those of a folder, or those in force.
type PacksToExamine struct {
	Files PackFiles `json:"files,omitempty" doc:"a folder of packs: files by path, base64; default: the packs in force"`
}

// PackSide is packs of one side of a comparison: ids of packs in force, or a
// folder.
type PackSide struct {
	Packs []string  `json:"packs,omitempty" doc:"ids of packs in force"`
	Files PackFiles `json:"files,omitempty" doc:"alternatively a folder of packs: files by path, base64"`
}

// PackDiff asks for the changes between two versions of a pack and the flows
// that they concern.
type PackDiff struct {
	A     PackSide     `json:"a" doc:"packs of one side"`
	B     PackSide     `json:"b" doc:"packs of one side"`
	Facts []NamedFacts `json:"facts,omitempty" doc:"facts of flows to decide under both packs"`
}

// NamedFacts are all facts of a flow.
type NamedFacts struct {
	Name  string `json:"name"`
	Facts Facts  `json:"facts" doc:"facts of a flow, as in facts.schema.json"`
}

// PackComparison asks for two regimes side by side.
type PackComparison struct {
	A          PackSide `json:"a"`
	B          PackSide `json:"b"`
	Agreements [][]byte `json:"agreements,omitempty" doc:"recognition agreements that both parties signed: files, base64"`
}

// AnnexImport is an official annex that becomes the list of a pack.
type AnnexImport struct {
	Name    string    `json:"name" doc:"name of the file"`
	Annex   []byte    `json:"annex" doc:"XLSX or CSV, base64"`
	Mapping string    `json:"mapping" doc:"the mapping file (YAML), which gives the meaning of each column"`
	Pack    string    `json:"pack" doc:"id of the pack with the list"`
	Files   PackFiles `json:"files,omitempty" doc:"folder of packs; it is searched before the packs of the program"`
	// Sample allows a pack that is a sample and no law.
	Sample bool `json:"sample,omitempty"`
	// AcceptUnmapped makes a new version although rows are not mapped.
	AcceptUnmapped bool `json:"accept_unmapped,omitempty"`
}

// AnnexImported is the result of an import.
type AnnexImported struct {
	Items    int          `json:"items"`
	Changes  []ListChange `json:"changes"` // against the version before
	Unmapped []AnnexRow   `json:"unmapped"`
	// Open is the number of rows that the mapping neither maps nor ignores.
	Open      int    `json:"open"`
	Effective string `json:"effective,omitempty"` // first day of the list
	// Pack is the new version, checked, tested and not signed, and Files are its
	// files by name; nil where none was made because rows are not mapped.
	Pack  *PackRef  `json:"pack,omitempty"`
	Files PackFiles `json:"files,omitempty"`
}

// ListChange is one difference between two versions of a list.
type ListChange struct {
	Item string `json:"item"`
	Kind string `json:"kind"` // added, removed, changed
	Text Text   `json:"text"`
}

// AnnexRow is a row of an annex that is not mapped, or not in full.
type AnnexRow struct {
	Line    int      `json:"line"`
	Why     string   `json:"why"`
	Cells   []string `json:"cells"`
	Kept    bool     `json:"kept,omitempty"`    // as an item of which not all is understood
	Ignored bool     `json:"ignored,omitempty"` // as the mapping says
}

// Packs gives access to rule packs: those in force, and those that an author
// works on. The gateway stores nothing that is sent to it here.
type Packs struct{ t *transport }

// List lists the packs in force.
func (p Packs) List(ctx context.Context) ([]PackInfo, error) {
	return call[[]PackInfo](ctx, p.t, http.MethodGet, "/packs", nil)
}

// Rules lists the rules of a pack in force.
func (p Packs) Rules(ctx context.Context, id string) (PackRules, error) {
	return call[PackRules](ctx, p.t, http.MethodGet, "/packs/rules"+query(values("pack", id)), nil)
}

// Check looks for errors in packs.
func (p Packs) Check(ctx context.Context, which PacksToExamine) ([]PackFindings, error) {
	return call[[]PackFindings](ctx, p.t, http.MethodPost, "/packs/check", which)
}

// Test runs the cases of packs.
func (p Packs) Test(ctx context.Context, which PacksToExamine) ([]PackTest, error) {
	return call[[]PackTest](ctx, p.t, http.MethodPost, "/packs/test", which)
}

// Mutate makes small mistakes in packs, and says which of them the cases
// detect.
func (p Packs) Mutate(ctx context.Context, which PacksToExamine) ([]PackMutants, error) {
	return call[[]PackMutants](ctx, p.t, http.MethodPost, "/packs/mutate", which)
}

// Diff says what changes for whom between two versions of a pack. The answer is
// the document that 'hutong pack diff --json' prints.
func (p Packs) Diff(ctx context.Context, of PackDiff) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, p.t, http.MethodPost, "/packs/diff", of)
}

// Compare puts two regimes side by side. The answer is the document that
// 'hutong pack compare --json' prints.
func (p Packs) Compare(ctx context.Context, of PackComparison) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, p.t, http.MethodPost, "/packs/compare", of)
}

// Import makes the next version of a pack from an official annex. It does not
// put the version in force: the authority behind the pack signs it first.
func (p Packs) Import(ctx context.Context, in AnnexImport) (AnnexImported, error) {
	return call[AnnexImported](ctx, p.t, http.MethodPost, "/packs/import", in)
}
