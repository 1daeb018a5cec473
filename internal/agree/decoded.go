package agree

import (
	"bytes"
	"slices"
	"sync"
)

// Bounds of decoded.
const (
	maxDecoded     = 512
	maxDecodedBody = 64 << 10 // bytes
)

// decoded remembers what the last bodies of processes say: a process is read some
// forty times between a first message and the last, and changed ten times. A
// result is used only for the very bytes that it was decoded from.
type decoded struct {
	mu sync.Mutex
	of map[Ref]decodedBody
}

type decodedBody struct {
	body []byte
	says process
}

// read is fromRow. Each caller gets a process of its own.
func (d *decoded) read(r Row) (process, error) {
	d.mu.Lock()
	known, ok := d.of[r.Ref]
	d.mu.Unlock()
	if !ok || !bytes.Equal(known.body, r.Body) {
		p, err := fromRow(r)
		if err != nil || len(r.Body) > maxDecodedBody {
			return p, err
		}
		known = decodedBody{bytes.Clone(r.Body), p}
		d.mu.Lock()
		if d.of == nil || len(d.of) >= maxDecoded {
			d.of = map[Ref]decodedBody{}
		}
		d.of[r.Ref] = known
		d.mu.Unlock()
	}
	p := known.says.clone()
	p.Version, p.changed, p.handled = r.Version, r.Changed, r.Handled
	return p, nil
}

// clone returns a process that shares no memory with p.
func (p process) clone() process {
	p.Offer, p.Agreement = bytes.Clone(p.Offer), bytes.Clone(p.Agreement)
	p.Reason, p.Received, p.DataAddress = slices.Clone(p.Reason), slices.Clone(p.Received), p.DataAddress.clone()
	if p.Failure != nil {
		f := *p.Failure
		f.Reason = slices.Clone(f.Reason)
		p.Failure = &f
	}
	p.Outbox = slices.Clone(p.Outbox)
	for i := range p.Outbox {
		m := &p.Outbox[i]
		m.Offer, m.Agreement = bytes.Clone(m.Offer), bytes.Clone(m.Agreement)
		m.Reason, m.DataAddress = slices.Clone(m.Reason), m.DataAddress.clone()
	}
	return p
}

func (a *DataAddress) clone() *DataAddress {
	if a == nil {
		return nil
	}
	return &DataAddress{a.EndpointType, a.Endpoint, slices.Clone(a.Properties)}
}
