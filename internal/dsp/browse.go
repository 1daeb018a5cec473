package dsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"hutong/internal/dataspace"
)

// Bounds of another participant's catalogue.
const (
	maxCatalogue  = 32 << 20 // bytes of a page
	maxPages      = 1000
	maxCatalogues = 64 << 20 // bytes of all pages together
	maxNesting    = 4        // of catalogues in catalogues
)

// Offered is a dataset in another participant's catalogue.
type Offered struct {
	ID          dataspace.DatasetID `json:"id"`
	Title       string              `json:"title,omitempty"`
	Description string              `json:"description,omitempty"`
	// Offers are the ODRL offers with their target set; they can be requested
	// as they are.
	Offers  []json.RawMessage `json:"offers"`
	Formats []string          `json:"formats"`
}

// Catalogue is what another participant shows to a local one.
type Catalogue struct {
	Participant string // as it names itself
	Datasets    []Offered
	// Unusable counts datasets that do not match the schema, such as those
	// without a data plane.
	Unusable int
}

// Catalogue requests all pages of a catalogue.
func (c *Client) Catalogue(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty) (Catalogue, error) {
	var out Catalogue
	seen, size := map[string]bool{}, 0
	for target := ""; len(seen) < maxPages; {
		seen[target] = true
		data, next, err := c.cataloguePage(ctx, local, of, target)
		if err != nil {
			return Catalogue{}, err
		}
		if size += len(data); size > maxCatalogues {
			return Catalogue{}, fmt.Errorf("ask for catalogue: its pages are larger than %d bytes together: %w", maxCatalogues, dataspace.ErrInvalid)
		}
		if err := out.add(data); err != nil {
			return Catalogue{}, err
		}
		if next == "" || seen[next] {
			return out, nil
		}
		target = next
	}
	return Catalogue{}, fmt.Errorf("ask for catalogue: more than %d pages: %w", maxPages, dataspace.ErrInvalid)
}

// CataloguePage requests one page of a catalogue: the first, or the one that
// the previous page named as next. next is empty on the last.
func (c *Client) CataloguePage(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, at string) (out Catalogue, next string, err error) {
	data, next, err := c.cataloguePage(ctx, local, of, at)
	if err != nil {
		return Catalogue{}, "", err
	}
	if next == at {
		next = ""
	}
	return out, next, out.add(data)
}

func (c *Client) cataloguePage(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, at string) (data []byte, next string, err error) {
	request, err := checked(schemaCatalogRequest, envelope("CatalogRequestMessage"))
	if err != nil {
		return nil, "", err
	}
	first := strings.TrimSuffix(of.Address, "/") + "/catalog/request"
	if at == "" {
		at = first
	}
	// The page address was issued here, but it came back from outside, so it is
	// checked.
	if path, _, _ := strings.Cut(at, "?"); path != first {
		return nil, "", fmt.Errorf("ask for catalogue: page is not of %s: %w", first, dataspace.ErrDenied)
	}
	data, header, err := c.do(ctx, local, of, http.MethodPost, at, request)
	if err != nil {
		return nil, "", fmt.Errorf("ask for catalogue: %w", err)
	}
	next, err = nextPage(at, header)
	return data, next, err
}

// Dataset requests one dataset; ErrNotFound.
func (c *Client) Dataset(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, id dataspace.DatasetID) (Offered, error) {
	target := strings.TrimSuffix(of.Address, "/") + "/catalog/datasets/" + url.PathEscape(string(id))
	data, _, err := c.do(ctx, local, of, http.MethodGet, target, nil)
	if err != nil {
		return Offered{}, fmt.Errorf("ask for dataset %s: %w", id, err)
	}
	m, err := decode(data)
	if err == nil {
		err = check(schemaDataset, m)
	}
	if err != nil {
		return Offered{}, fmt.Errorf("read dataset %s: %w", id, err)
	}
	return offered(m)
}

// Discover reads the version metadata below root and returns the base of the
// protocol version that this package supports. ErrNotFound if the other side
// does not support it.
func (c *Client) Discover(ctx context.Context, local dataspace.ParticipantID, to dataspace.Counterparty, root string) (string, error) {
	root = strings.TrimSuffix(root, "/")
	data, _, err := c.do(ctx, local, to, http.MethodGet, root+versionPath, nil)
	if err != nil {
		return "", fmt.Errorf("ask for protocol versions: %w", err)
	}
	m, err := decode(data)
	if err == nil {
		err = check(schemaVersion, m)
	}
	if err != nil {
		return "", fmt.Errorf("read protocol versions: %w", err)
	}
	list, _ := m["protocolVersions"].([]any)
	for _, v := range list {
		v, _ := v.(map[string]any)
		if text(v, "version") == Version && strings.EqualFold(text(v, "binding"), "HTTPS") {
			return strings.TrimSuffix(root+text(v, "path"), "/"), nil
		}
	}
	return "", fmt.Errorf("find protocol version %s: %w", Version, dataspace.ErrNotFound)
}

// add reads one page. It checks datasets one by one, so that an invalid one
// does not hide the others.
func (c *Catalogue) add(data []byte) error {
	m, err := decode(data)
	if err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	sets := collect(m, maxNesting)
	delete(m, "dataset")
	delete(m, "catalog")
	if err := check(schemaCatalog, m); err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	c.Participant = text(m, "participantId")
	for _, v := range sets {
		d, ok := v.(map[string]any)
		if !ok || check(schemaInnerDataset, d) != nil {
			c.Unusable++
			continue
		}
		o, err := offered(d)
		if err != nil {
			return err
		}
		c.Datasets = append(c.Datasets, o)
	}
	return nil
}

func collect(m map[string]any, depth int) []any {
	sets, _ := m["dataset"].([]any)
	inner, _ := m["catalog"].([]any)
	for _, v := range inner {
		if v, ok := v.(map[string]any); ok && depth > 0 {
			sets = append(sets, collect(v, depth-1)...)
		}
	}
	return sets
}

func offered(m map[string]any) (Offered, error) {
	o := Offered{ID: dataspace.DatasetID(text(m, "@id")), Title: text(m, "title"), Description: text(m, "description")}
	policies, _ := m["hasPolicy"].([]any)
	for _, v := range policies {
		v, ok := v.(map[string]any)
		if !ok {
			continue
		}
		v["@type"], v["target"] = "Offer", string(o.ID)
		data, err := dataspace.CanonicalJSON(v)
		if err != nil {
			return Offered{}, fmt.Errorf("read offer: %w", errors.Join(dataspace.ErrInvalid, err))
		}
		o.Offers = append(o.Offers, data)
	}
	distributions, _ := m["distribution"].([]any)
	for _, v := range distributions {
		if v, ok := v.(map[string]any); ok {
			o.Formats = append(o.Formats, text(v, "format"))
		}
	}
	return o, nil
}

// nextPage finds the rel="next" link of RFC 8288. It must lead to the same
// origin, because the request has a token.
func nextPage(current string, h http.Header) (string, error) {
	for _, value := range h.Values("Link") {
		for _, link := range strings.Split(value, ",") {
			target, params, ok := strings.Cut(strings.TrimSpace(link), ">")
			if !ok || !strings.HasPrefix(target, "<") || !isNext(params) {
				continue
			}
			base, err := url.Parse(current)
			if err != nil {
				return "", fmt.Errorf("read link: no URL: %w", dataspace.ErrInvalid)
			}
			next, err := base.Parse(target[1:])
			if err != nil {
				return "", fmt.Errorf("read link: no URL: %w", dataspace.ErrInvalid)
			}
			if next.Scheme != base.Scheme || next.Host != base.Host {
				return "", fmt.Errorf("follow link to another host: %w", dataspace.ErrDenied)
			}
			return next.String(), nil
		}
	}
	return "", nil
}

func isNext(params string) bool {
	for _, p := range strings.Split(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "rel") && strings.EqualFold(strings.Trim(value, `"`), "next") {
			return true
		}
	}
	return false
}
