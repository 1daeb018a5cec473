package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/agreed"
	"hutong/internal/annex"
	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/packtools"
	"hutong/internal/recognition"
	"hutong/internal/rules"
)

// Limits of requests to the pack tools. Base64 takes a third more.
const (
	maxPackBody   = packtools.MaxBytes*2 + maxBody
	maxAnnex      = 16 << 20
	maxAnnexBody  = maxAnnex*2 + maxPackBody
	maxComparison = 100 // packs or agreements of a comparison, flows of a diff
)

// filesByPath describes client.PackFiles. A file may be empty, which the library
// does not take for base64.
type filesByPath struct{}

// Schema implements huma.SchemaProvider.
func (filesByPath) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString, Format: "byte", Description: "the file, base64"}}
}

// byPack names a pack in force.
type byPack struct {
	Pack string `query:"pack" required:"true" doc:"id of the pack"`
}

// packHandlers examine packs. They store nothing that is sent to them.
type packHandlers struct {
	rules func() *rules.Set
	// turn allows one request at a time to do work that takes much processor
	// time.
	turn chan struct{}
}

func newPackHandlers(set func() *rules.Set) packHandlers {
	return packHandlers{rules: set, turn: make(chan struct{}, 1)}
}

// inTurn runs long work, one request after another.
func inTurn[T any](ctx context.Context, h packHandlers, do func() (T, error)) (T, error) {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
		return do()
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("wait for the tools of packs: %w: %w", ctx.Err(), dataspace.ErrUnavailable)
	}
}

func (h packHandlers) list(context.Context, *none) (*body[[]client.PackInfo], error) {
	return answer[[]client.PackInfo](packtools.List(h.rules().All()), nil)
}

func (h packHandlers) show(_ context.Context, in *byPack) (*body[client.PackRules], error) {
	p, err := packtools.Find(h.rules().All(), in.Pack)
	if err != nil {
		return nil, err
	}
	return answer[client.PackRules](packtools.RulesOf(p), nil)
}

func (h packHandlers) check(ctx context.Context, in *with[client.PacksToExamine]) (*body[[]client.PackFindings], error) {
	return answer[[]client.PackFindings](examined(ctx, h, in.Body, packtools.Check))
}

func (h packHandlers) test(ctx context.Context, in *with[client.PacksToExamine]) (*body[[]client.PackTest], error) {
	return answer[[]client.PackTest](examined(ctx, h, in.Body, packtools.Test))
}

func (h packHandlers) mutate(ctx context.Context, in *with[client.PacksToExamine]) (*body[[]client.PackMutants], error) {
	return answer[[]client.PackMutants](examined(ctx, h, in.Body, packtools.Mutate))
}

// examined is the result of a tool for packs.
func examined[T any](ctx context.Context, h packHandlers, which client.PacksToExamine, tool func([]*pack.Pack) []T) ([]T, error) {
	return inTurn(ctx, h, func() ([]T, error) {
		if len(which.Files) == 0 {
			return tool(h.rules().All()), nil
		}
		all, err := sent(which.Files)
		if err != nil {
			return nil, err
		}
		return tool(all), nil
	})
}

// sent loads packs that a request holds.
func sent(files client.PackFiles) ([]*pack.Pack, error) {
	f := packtools.Files(files)
	if err := f.Bounded(); err != nil {
		return nil, err
	}
	return f.Load()
}

// side loads the packs of one side of a comparison.
func (h packHandlers) side(place string, s client.PackSide) ([]*pack.Pack, error) {
	switch {
	case (len(s.Packs) == 0) == (len(s.Files) == 0) || len(s.Packs) > maxComparison:
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.side", Place: place, Message: fmt.Sprintf("expected ids of packs in force, at most %d, or files of packs", maxComparison)}
	case len(s.Files) > 0:
		return sent(s.Files)
	}
	var out []*pack.Pack
	for _, id := range s.Packs {
		p, err := packtools.Find(h.rules().All(), id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// version loads the one pack of a side of a diff.
func (h packHandlers) version(place string, s client.PackSide) (*pack.Pack, error) {
	list, err := h.side(place, s)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.side", Place: place, Message: fmt.Sprintf("there are %d packs, and one is compared with one", len(list))}
	}
	return list[0], nil
}

func (h packHandlers) diff(ctx context.Context, in *with[client.PackDiff]) (*body[json.RawMessage], error) {
	if len(in.Body.Facts) > maxComparison {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.facts", Place: "facts", Message: fmt.Sprintf("there are more than %d flows", maxComparison)}
	}
	return answer[json.RawMessage](inTurn(ctx, h, func() (*contrast.Diff, error) {
		a, err := h.version("a", in.Body.A)
		if err != nil {
			return nil, err
		}
		b, err := h.version("b", in.Body.B)
		if err != nil {
			return nil, err
		}
		var o contrast.Options
		if o.With, err = packtools.Below(a, b); err != nil {
			return nil, err
		}
		table, err := h.rules().FactsWith(b)
		if err != nil {
			return nil, err
		}
		for _, f := range in.Body.Facts {
			facts, err := read(table, f.Facts)
			if err != nil {
				return nil, err
			}
			o.Facts = append(o.Facts, examine.NamedFacts{Name: f.Name, Facts: facts})
		}
		return contrast.Compute(a, b, o)
	}))
}

func (h packHandlers) compare(ctx context.Context, in *with[client.PackComparison]) (*body[json.RawMessage], error) {
	if len(in.Body.Agreements) > maxComparison {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.agreements", Place: "agreements", Message: fmt.Sprintf("there are more than %d", maxComparison)}
	}
	return answer[json.RawMessage](inTurn(ctx, h, func() (*contrast.Comparison, error) {
		a, err := h.side("a", in.Body.A)
		if err != nil {
			return nil, err
		}
		b, err := h.side("b", in.Body.B)
		if err != nil {
			return nil, err
		}
		var agreed []agreed.Agreement
		for i, text := range in.Body.Agreements {
			d, err := recognition.Parse(fmt.Sprintf("agreements[%d]", i), text)
			if err != nil {
				return nil, err
			}
			// A comparison decides nothing, so the keys are those that the
			// agreements name.
			one, err := d.Verify(d.AsWritten())
			if err != nil {
				return nil, err
			}
			agreed = append(agreed, one)
		}
		return contrast.Compare(a, b, agreed)
	}))
}

// takeAnnex makes the next version of a pack and returns it to the caller. A
// gateway uses it only after it is signed.
func (h packHandlers) takeAnnex(ctx context.Context, in *with[client.AnnexImport]) (*body[client.AnnexImported], error) {
	if len(in.Body.Annex) > maxAnnex {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "annex.size", Place: "annex", Message: fmt.Sprintf("has more than %d bytes", maxAnnex)}
	}
	files := packtools.Files(in.Body.Files)
	if err := files.Bounded(); err != nil {
		return nil, err
	}
	folder, err := files.Folder()
	if err != nil {
		return nil, err
	}
	m, err := annex.ParseMapping("mapping", []byte(in.Body.Mapping))
	if err != nil {
		return nil, err
	}
	return answer[client.AnnexImported](inTurn(ctx, h, func() (packtools.Imported, error) {
		return packtools.Import{
			Name: in.Body.Name, Annex: in.Body.Annex, Mapping: m, Pack: in.Body.Pack, Folder: folder,
			Sample: in.Body.Sample, AcceptUnmapped: in.Body.AcceptUnmapped,
		}.Run()
	}))
}
