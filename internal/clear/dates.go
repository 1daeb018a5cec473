package clear

import (
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/zone"
)

// Dates are when a flow is decided and when it was delivered: as instants, from
// which each regime takes its own days, and as days where the exporter is.
type Dates struct {
	On string // day of the decision
	At string // instant of it; empty: it is the day everywhere
	// Latest is the latest day that it may be where the exporter is, where more
	// than one zone may be its own. On is the earliest of them then.
	Latest      string
	DeliveredOn string // empty before the delivery
	DeliveredAt string
}

// DatesOf are the dates of an exporter whose days go by the zones of its home. A
// delivery at no time was none.
func DatesOf(home zone.List, now, delivered time.Time) Dates {
	d := Dates{On: home.First(now), At: zone.Write(now), Latest: home.Last(now)}
	if !delivered.IsZero() {
		d.DeliveredOn, d.DeliveredAt = home.First(delivered), zone.Write(delivered)
	}
	return d
}

// Put writes the dates into facts.
func (d Dates) Put(f *dataspace.Facts) {
	f.On, f.At, f.DeliveredOn, f.DeliveredAt = d.On, d.At, d.DeliveredOn, d.DeliveredAt
}
