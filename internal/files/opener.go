package files

import lru "github.com/hashicorp/golang-lru/v2"

// Opener opens sources. It remembers what it detected in the last ones: the
// same file is opened for its profile and for its delivery, and often for the
// next flow. It is safe for concurrent use.
type Opener struct {
	last *lru.Cache[asked, *Source]
}

// asked is everything that a source depends on beside its files.
type asked struct {
	place Place
	opt   Options
}

// NewOpener remembers most sources, at least one.
func NewOpener(most int) (*Opener, error) {
	last, err := lru.New[asked, *Source](most)
	if err != nil {
		return nil, err
	}
	return &Opener{last: last}, nil
}

// Open is as Place.Open. Files that have not changed (see Source.Stamp) are not
// examined again.
func (o *Opener) Open(p Place, opt Options) (*Source, error) {
	key := asked{p, opt}
	if s, ok := o.last.Get(key); ok {
		if parts, err := list(s.root, s.path); err == nil && stamp(parts) == s.stamp {
			return s, nil
		}
	}
	s, err := p.Open(opt)
	if err != nil {
		o.last.Remove(key)
		return nil, err
	}
	o.last.Add(key, s)
	return s, nil
}
