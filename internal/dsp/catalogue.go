package dsp

import (
	"net/http"
	"net/url"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// cataloguePage is how many datasets a page of a catalogue has.
const cataloguePage = 500

// catalogue answers a catalogue request with one page of what the caller may
// see and a link to the next page.
func (s *Server) catalogue(w http.ResponseWriter, r *http.Request) {
	body, next, err := s.catalogueBody(w, r)
	if err != nil {
		s.refuse(w, r, "", agree.Message{}, err)
		return
	}
	if next != "" {
		w.Header().Set("Link", "<?"+url.Values{"after": {string(next)}}.Encode()+`>; rel="next"`)
	}
	s.answer(w, r, http.StatusOK, body)
}

func (s *Server) catalogueBody(w http.ResponseWriter, r *http.Request) (page []byte, next dataspace.DatasetID, err error) {
	caller, err := s.cfg.Authenticator.Authenticate(r.Context(), local(r), r)
	if err != nil {
		return nil, "", err
	}
	data, err := readBody(w, r)
	if err != nil {
		return nil, "", err
	}
	m, err := decode(data)
	if err != nil {
		return nil, "", err
	}
	if err := check(schemaCatalogRequest, m); err != nil {
		return nil, "", err
	}
	if err := checkFilter(m["filter"]); err != nil {
		return nil, "", err
	}
	after := dataspace.DatasetID(r.URL.Query().Get("after"))
	sets, err := s.cfg.Agree.Datasets(r.Context(), caller, local(r), after, cataloguePage+1)
	if err != nil {
		return nil, "", err
	}
	if len(sets) > cataloguePage {
		sets = sets[:cataloguePage]
		next = sets[cataloguePage-1].ID
	}
	base := s.cfg.BaseURL(local(r))
	out := envelope("Catalog")
	out["@id"] = base + "/catalog"
	out["participantId"] = string(local(r))
	out["service"] = []any{service(base)}
	if len(sets) > 0 {
		list := make([]any, len(sets))
		for i, d := range sets {
			list[i] = datasetJSON(d, base)
		}
		out["dataset"] = list
	}
	page, err = checked(schemaCatalog, out)
	return page, next, err
}

// checkFilter accepts filters that select everything: none, or a query
// specification without expressions, which some connectors always send. This
// gateway has no filter language. If it ignored a filter, the answer would not
// match the request.
func checkFilter(v any) error {
	list, _ := v.([]any)
	for _, f := range list {
		m, ok := f.(map[string]any)
		expressions, _ := m["filterExpression"].([]any)
		if !ok || m["@type"] != "QuerySpec" || len(expressions) > 0 {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.filter", Place: "/filter", Message: "filters are not supported"}
		}
	}
	return nil
}

func (s *Server) dataset(w http.ResponseWriter, r *http.Request) {
	body, err := s.datasetBody(r)
	if err != nil {
		s.refuse(w, r, "", agree.Message{}, err)
		return
	}
	s.answer(w, r, http.StatusOK, body)
}

func (s *Server) datasetBody(r *http.Request) ([]byte, error) {
	caller, err := s.cfg.Authenticator.Authenticate(r.Context(), local(r), r)
	if err != nil {
		return nil, err
	}
	d, err := s.cfg.Agree.Dataset(r.Context(), caller, local(r), dataspace.DatasetID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	out := datasetJSON(d, s.cfg.BaseURL(local(r)))
	out["@context"] = []any{Context}
	return checked(schemaDataset, out)
}

func service(base string) map[string]any {
	return map[string]any{"@id": base + "/service", "@type": "DataService", "endpointURL": base}
}

func datasetJSON(d agree.Dataset, base string) map[string]any {
	offers := make([]any, len(d.Offers))
	for i, o := range d.Offers {
		offers[i] = o.ForCatalogue()
	}
	formats := make([]any, len(d.Formats))
	for i, f := range d.Formats {
		formats[i] = map[string]any{"@type": "Distribution", "format": f, "accessService": base + "/service"}
	}
	out := map[string]any{"@id": string(d.ID), "@type": "Dataset", "hasPolicy": offers, "distribution": formats}
	put(out, "title", d.Title)
	put(out, "description", d.Description)
	return out
}
