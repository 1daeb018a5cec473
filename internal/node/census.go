package node

import (
	"context"
	"errors"
	"fmt"
	"os"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects"
	"hutong/internal/people"
	"hutong/internal/profile"
)

// countHashes are the ways in which this gateway hashes people, the newest first.
// Sets of before there were two have the name of the key alone.
func countHashes(k *gateway.Keys) []people.Hash {
	return []people.Hash{
		{Algorithm: census.Algorithm, KeyID: census.Algorithm + " " + k.CountKeyID()},
		{Algorithm: census.OldAlgorithm, KeyID: k.CountKeyID()},
	}
}

// censusNames are those of the censuses that a flow may have: always the first,
// and the second if its people are hashed by two algorithms.
func censusNames(id dataspace.FlowID) [2]string {
	return [2]string{string(id) + ".census", string(id) + ".also.census"}
}

// keep moves the censuses of a profile to where they last. The next start removes
// what is left of an error.
func (p *profiler) keep(ctx context.Context, id dataspace.FlowID, r *profile.Result) error {
	names, made := censusNames(id), []*census.Census{r.Census, r.Also}
	if r.Also == nil { // one of an earlier profile must not stay
		if err := p.kept.Delete(ctx, names[1]); err != nil {
			return errors.Join(err, r.Census.Remove())
		}
		made = made[:1]
	}
	var err error
	for i, c := range made {
		err = errors.Join(err, c.Close())
		if err == nil {
			err = objects.Move(ctx, p.kept, names[i], c.Path())
		}
		if err != nil {
			_ = os.Remove(c.Path())
		}
	}
	return err
}

// Census implements flow.Profiler.
func (p *profiler) Census(ctx context.Context, id dataspace.FlowID) (flow.Census, error) {
	var out censuses
	for i, name := range censusNames(id) {
		o, err := objects.Open(ctx, p.kept, name)
		if i > 0 && errors.Is(err, dataspace.ErrNotFound) {
			break
		}
		var c *census.Census
		if err == nil {
			c, err = census.Read(o, name)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open census of flow %s: %w", id, err), out.Close())
		}
		out = append(out, c)
	}
	return out, nil
}

// Forget implements flow.Profiler.
func (p *profiler) Forget(ctx context.Context, id dataspace.FlowID) error {
	for _, name := range censusNames(id) {
		if err := p.kept.Delete(ctx, name); err != nil {
			return fmt.Errorf("remove census of flow %s: %w", id, err)
		}
	}
	return nil
}

// censuses are those of one dataset, by different algorithms.
type censuses []*census.Census

// Each implements flow.Census.
func (c censuses) Each(algorithm string, leaving func(column string) bool, classes []dataspace.CountClass, yield func(person [16]byte, in people.Classes) error) error {
	for _, one := range c {
		if one.Serves(algorithm) {
			return one.Each(leaving, classes, yield)
		}
	}
	return fmt.Errorf("read census: its people are not hashed by %s: %w", algorithm, dataspace.ErrNotFound)
}

// Close implements flow.Census.
func (c censuses) Close() (err error) {
	for _, one := range c {
		err = errors.Join(err, one.Close())
	}
	return err
}
