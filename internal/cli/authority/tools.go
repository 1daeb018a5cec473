package authority

import (
	"context"
	"io/fs"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/packtools"
)

// tools examine packs: here, or at the gateway that the call names. Folders are
// of this machine in both cases; a word that names no folder is the id of a pack
// that is built in, or in force at the gateway.
type tools interface {
	list(ctx context.Context, dirs []string) ([]packtools.Info, error)
	rules(ctx context.Context, dir, id string) (packtools.Rules, error)
	check(ctx context.Context, dirs []string) ([]packtools.Findings, error)
	test(ctx context.Context, dirs []string) ([]examine.TestReport, error)
	mutate(ctx context.Context, dirs []string) ([]examine.MutationReport, error)
	diff(ctx context.Context, a, b string, facts []examine.NamedFacts) (*contrast.Diff, error)
	compare(ctx context.Context, a, b string, agreed input.Agreements) (*contrast.Comparison, error)
	takeAnnex(ctx context.Context, i packtools.Import) (packtools.Imported, error)
}

// toolsOf chooses where a call has its packs examined.
func toolsOf(env *frame.Env, cmd *cobra.Command) (tools, error) {
	c, err := env.Given(cmd)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return here{env}, nil
	}
	return there{env, c.Packs()}, nil
}

// here examines packs in this process.
type here struct{ env *frame.Env }

func (here) list(_ context.Context, dirs []string) ([]packtools.Info, error) {
	return over(dirs, packtools.List)
}

func (here) rules(_ context.Context, dir, id string) (packtools.Rules, error) {
	all, err := loadPacks(dirsOf(dir))
	if err != nil {
		return packtools.Rules{}, err
	}
	p, err := found(all, id)
	if err != nil {
		return packtools.Rules{}, err
	}
	return packtools.RulesOf(p), nil
}

func (here) check(_ context.Context, dirs []string) ([]packtools.Findings, error) {
	return over(dirs, packtools.Check)
}

func (here) test(_ context.Context, dirs []string) ([]examine.TestReport, error) {
	return over(dirs, packtools.Test)
}

func (here) mutate(_ context.Context, dirs []string) ([]examine.MutationReport, error) {
	return over(dirs, packtools.Mutate)
}

func (here) diff(_ context.Context, a, b string, facts []examine.NamedFacts) (*contrast.Diff, error) {
	x, err := packNamed(a)
	if err != nil {
		return nil, err
	}
	y, err := packNamed(b)
	if err != nil {
		return nil, err
	}
	o := contrast.Options{Facts: facts}
	if o.With, err = packtools.Below(x, y); err != nil {
		return nil, err
	}
	return contrast.Compute(x, y, o)
}

func (h here) compare(_ context.Context, a, b string, agreed input.Agreements) (*contrast.Comparison, error) {
	x, err := regimeNamed(a)
	if err != nil {
		return nil, err
	}
	y, err := regimeNamed(b)
	if err != nil {
		return nil, err
	}
	agreements, err := agreed.Load(h.env)
	if err != nil {
		return nil, err
	}
	return contrast.Compare(x, y, agreements)
}

func (here) takeAnnex(_ context.Context, i packtools.Import) (packtools.Imported, error) {
	return i.Run()
}

// there has the gateway examine packs.
type there struct {
	env   *frame.Env
	packs client.Packs
}

func (t there) list(ctx context.Context, dirs []string) ([]packtools.Info, error) {
	if len(dirs) > 0 {
		return nil, frame.Usagef("leave DIR out, or the gateway", "a gateway lists the packs in force, and DIR is on this machine")
	}
	return asked[[]packtools.Info](t.packs.List(ctx))
}

func (t there) rules(ctx context.Context, dir, id string) (packtools.Rules, error) {
	if dir != "" {
		return packtools.Rules{}, frame.Usagef("leave --dir out, or the gateway", "a gateway shows packs in force, and --dir is on this machine")
	}
	return asked[packtools.Rules](t.packs.Rules(ctx, id))
}

func (t there) check(ctx context.Context, dirs []string) ([]packtools.Findings, error) {
	return sent[[]packtools.Findings](ctx, dirs, t.packs.Check)
}

func (t there) test(ctx context.Context, dirs []string) ([]examine.TestReport, error) {
	return sent[[]examine.TestReport](ctx, dirs, t.packs.Test)
}

func (t there) mutate(ctx context.Context, dirs []string) ([]examine.MutationReport, error) {
	return sent[[]examine.MutationReport](ctx, dirs, t.packs.Mutate)
}

func (t there) diff(ctx context.Context, a, b string, facts []examine.NamedFacts) (*contrast.Diff, error) {
	x, y, err := sidesNamed(a, b)
	if err != nil {
		return nil, err
	}
	ask := client.PackDiff{A: x, B: y}
	for _, f := range facts {
		wire, err := frame.Wire[client.Facts](f.Facts)
		if err != nil {
			return nil, err
		}
		ask.Facts = append(ask.Facts, client.NamedFacts{Name: f.Name, Facts: wire})
	}
	return asked[*contrast.Diff](t.packs.Diff(ctx, ask))
}

func (t there) compare(ctx context.Context, a, b string, agreed input.Agreements) (*contrast.Comparison, error) {
	x, y, err := sidesNamed(a, b)
	if err != nil {
		return nil, err
	}
	ask := client.PackComparison{A: x, B: y}
	if ask.Agreements, err = agreed.Files(t.env); err != nil {
		return nil, err
	}
	return asked[*contrast.Comparison](t.packs.Compare(ctx, ask))
}

func (t there) takeAnnex(ctx context.Context, i packtools.Import) (packtools.Imported, error) {
	mapping, err := yaml.Marshal(i.Mapping)
	if err != nil {
		return packtools.Imported{}, err
	}
	ask := client.AnnexImport{Name: i.Name, Annex: i.Annex, Mapping: string(mapping), Pack: i.Pack, Sample: i.Sample, AcceptUnmapped: i.AcceptUnmapped}
	// Only the pack itself, where the folder has it, and what it may need.
	if _, err := fs.Stat(i.Folder, i.Pack+"/pack.yaml"); err == nil {
		files := packtools.Files{}
		if err := addPack(files, i.Folder, dataspace.PackID(i.Pack)); err != nil {
			return packtools.Imported{}, err
		}
		ask.Files = client.PackFiles(files)
	}
	return asked[packtools.Imported](t.packs.Import(ctx, ask))
}

// over loads packs and looks at them.
func over[T any](dirs []string, look func([]*pack.Pack) []T) ([]T, error) {
	all, err := loadPacks(dirs)
	if err != nil {
		return nil, err
	}
	return look(all), nil
}

// asked is an answer of a gateway as this program calls it.
func asked[T, W any](answer W, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return frame.Wire[T](answer)
}

// sent sends the packs of folders, or asks about those in force.
func sent[T, W any](ctx context.Context, dirs []string, ask func(context.Context, client.PacksToExamine) (W, error)) (T, error) {
	files, err := filesOf(dirs)
	if err != nil {
		var none T
		return none, err
	}
	return asked[T](ask(ctx, client.PacksToExamine{Files: client.PackFiles(files)}))
}

func sidesNamed(a, b string) (x, y client.PackSide, err error) {
	if x, err = sideNamed(a); err == nil {
		y, err = sideNamed(b)
	}
	return x, y, err
}

// sideNamed is what a word of a comparison names: a folder, or ids of packs in
// force.
func sideNamed(name string) (client.PackSide, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return client.PackSide{Packs: ids(name)}, nil
	}
	files, err := filesOf([]string{name})
	return client.PackSide{Files: client.PackFiles(files)}, err
}
