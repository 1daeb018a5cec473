package gateway

import (
	"encoding/json"
	"errors"
	"net/http"

	"hutong/internal/dataspace"
)

// participantsPath is the path at which a gateway answers its peers about
// participants.
const participantsPath = "/gateway/participants/"

// wireError is a refusal as a peer sees it: a stable code and a safe
// sentence.
type wireError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Handler serves the requests of other gateways: the card at CardPath, to
// everybody, and the statement about a participant at
// /gateway/participants/{id}, to confirmed peers.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+CardPath, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.card)
	})
	mux.HandleFunc("GET "+participantsPath+"{id}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.Authenticate(r.Context(), "", r); err != nil {
			writeError(w, err)
			return
		}
		data, err := s.sayStatement(r.Context(), dataspace.ParticipantID(r.PathValue("id")))
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, data)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, status int, data []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(data) // an error means that the caller has closed the connection
}

// writeError maps errors to the part that a peer may see. Authentication errors
// are shown in full, because the two operators must find the difference. For
// all other errors the peer sees only the kind.
func writeError(w http.ResponseWriter, err error) {
	status, e := http.StatusInternalServerError, wireError{Code: "gateway.internal", Message: "the gateway failed"}
	var p *dataspace.Problem
	switch {
	case errors.Is(err, dataspace.ErrUnauthenticated):
		status, e = http.StatusUnauthorized, wireError{Code: "token", Message: "the caller is not known"}
		if errors.As(err, &p) {
			e = wireError{Code: p.Code, Message: p.Message, Hint: p.Hint}
		}
	case errors.Is(err, dataspace.ErrDenied):
		// The reason is left out: a peer need not know the policy for it.
		status, e = http.StatusForbidden, wireError{Code: "peer.denied", Message: "this gateway does not deal with the caller"}
	case errors.Is(err, dataspace.ErrNotFound):
		status, e = http.StatusNotFound, wireError{Code: "participant.unknown", Message: "there is no such participant"}
	case errors.Is(err, dataspace.ErrUnavailable):
		status, e = http.StatusServiceUnavailable, wireError{Code: "gateway.busy", Message: "the gateway is busy"}
	}
	data, err := json.Marshal(e)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{}`)
	}
	writeJSON(w, status, data)
}
