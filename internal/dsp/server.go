package dsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// maxBody is the largest size of a message: enough for an offer with some
// thousand columns.
const maxBody = 1 << 20

// Paths below the root of a participant, /p/<participant>.
const (
	versionPath = "/.well-known/dspace-version"
	basePath    = "/dsp"
)

// BasePath is the path of a participant's DSP base: the gateway's URL and this
// path together are the callback address.
func BasePath(p dataspace.ParticipantID) string { return "/p/" + string(p) + basePath }

// ServerConfig has the parts of a Server; all fields but Logger are required.
type ServerConfig struct {
	Agree         *agree.Service
	Authenticator Authenticator
	// Exists reports whether there is such a local participant: everybody may
	// read the version metadata, but only of an existing participant.
	Exists func(ctx context.Context, local dataspace.ParticipantID) bool
	// BaseURL is the DSP base of a local participant as others reach it.
	BaseURL func(local dataspace.ParticipantID) string
	Logger  *slog.Logger
}

// Server answers other connectors, for all local participants.
type Server struct {
	cfg ServerConfig
	mux *http.ServeMux
}

// NewServer makes a handler for everything below "/p/".
func NewServer(cfg ServerConfig) *Server {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /p/{participant}"+versionPath, s.version)
	base := "/p/{participant}" + basePath
	s.mux.HandleFunc("POST "+base+"/catalog/request", s.catalogue)
	s.mux.HandleFunc("GET "+base+"/catalog/datasets/{id}", s.dataset)
	for _, e := range []struct {
		path  string
		kind  agree.Kind
		forms map[agree.MessageType]form
	}{
		{base + "/negotiations/", agree.KindNegotiation, negotiationForms},
		{base + "/transfers/", agree.KindTransfer, transferForms},
	} {
		s.mux.HandleFunc("GET "+e.path+"{pid}", s.status(e.kind))
		for msg, f := range e.forms {
			if msg == agree.MsgFinalize {
				continue // shares its endpoint with MsgAccept
			}
			if f.first != "" {
				s.mux.HandleFunc("POST "+e.path+f.first, s.first(e.kind, msg))
			}
			if f.later != "" {
				s.mux.HandleFunc("POST "+e.path+"{pid}/"+f.later, s.later(e.kind, msg))
			}
		}
	}
	return s
}

// ServeHTTP implements http.Handler. It ignores a trailing slash: some
// connectors append paths to an address that ends with one.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path := strings.TrimRight(r.URL.Path, "/"); path != r.URL.Path {
		u := *r.URL
		u.Path, u.RawPath = path, strings.TrimRight(u.RawPath, "/")
		r2 := *r
		r2.URL = &u
		r = &r2
	}
	s.mux.ServeHTTP(w, r)
}

func local(r *http.Request) dataspace.ParticipantID {
	return dataspace.ParticipantID(r.PathValue("participant"))
}

func (s *Server) version(w http.ResponseWriter, r *http.Request) {
	if !s.cfg.Exists(r.Context(), local(r)) {
		http.NotFound(w, r)
		return
	}
	s.answer(w, r, http.StatusOK, []byte(`{"protocolVersions":[{"version":"`+Version+`","path":"`+basePath+`","binding":"HTTPS"}]}`))
}

// first answers a message that begins a process.
func (s *Server) first(kind agree.Kind, msg agree.MessageType) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, err := s.inbound(w, r, kind, msg)
		if err != nil {
			s.refuse(w, r, kind, in.Message, err)
			return
		}
		ack, ref, err := s.cfg.Agree.ReceiveFirst(r.Context(), in)
		if err != nil {
			s.refuse(w, r, kind, in.Message, err)
			return
		}
		s.acknowledge(w, r, http.StatusCreated, ref, ack)
	}
}

// later answers a message to a process.
func (s *Server) later(kind agree.Kind, msg agree.MessageType) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ref := agree.Ref{Kind: kind, ID: r.PathValue("pid")}
		in, err := s.inbound(w, r, kind, msg)
		if err != nil {
			s.refuse(w, r, kind, in.Message, err)
			return
		}
		ack, err := s.cfg.Agree.Receive(r.Context(), ref, in)
		if err != nil {
			s.refuse(w, r, kind, in.Message, err)
			return
		}
		s.acknowledge(w, r, http.StatusOK, ref, ack)
	}
}

func (s *Server) status(kind agree.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ref := agree.Ref{Kind: kind, ID: r.PathValue("pid")}
		caller, err := s.cfg.Authenticator.Authenticate(r.Context(), local(r), r)
		if err != nil {
			s.refuse(w, r, kind, agree.Message{}, err)
			return
		}
		ack, err := s.cfg.Agree.Status(r.Context(), caller, local(r), ref)
		if err != nil {
			s.refuse(w, r, kind, agree.Message{}, err)
			return
		}
		body, err := ackJSON(kind, ack)
		if err != nil {
			s.refuse(w, r, kind, agree.Message{}, err)
			return
		}
		s.answer(w, r, http.StatusOK, body)
	}
}

// inbound authenticates, reads and checks a message.
func (s *Server) inbound(w http.ResponseWriter, r *http.Request, kind agree.Kind, msg agree.MessageType) (agree.Inbound, error) {
	in := agree.Inbound{Local: local(r)}
	var err error
	if in.Caller, err = s.cfg.Authenticator.Authenticate(r.Context(), in.Local, r); err != nil {
		return in, err
	}
	body, err := readBody(w, r)
	if err != nil {
		return in, err
	}
	in.Message, in.Key, err = parse(kind, msg, body)
	return in, err
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.size", Message: fmt.Sprintf("the body is larger than %d bytes", maxBody)}
	}
	if err != nil {
		return nil, fmt.Errorf("read body: %w", errors.Join(dataspace.ErrUnavailable, err))
	}
	return body, nil
}

// acknowledge answers first and wakes the process afterwards: the next message
// must not arrive before this answer.
func (s *Server) acknowledge(w http.ResponseWriter, r *http.Request, status int, ref agree.Ref, ack agree.Ack) {
	defer s.cfg.Agree.Wake(ref)
	body, err := ackJSON(ref.Kind, ack)
	if err != nil {
		s.refuse(w, r, ref.Kind, agree.Message{}, err)
		return
	}
	s.answer(w, r, status, body)
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.cfg.Logger.DebugContext(r.Context(), "answer not taken", slog.String("error", err.Error()))
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.cfg.Logger.DebugContext(r.Context(), "answer not taken", slog.String("error", err.Error()))
	}
}

// refuse answers with the protocol's error of the kind; the empty kind is that
// of the catalogue.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, kind agree.Kind, m agree.Message, err error) {
	status, code, reason := statusOf(err)
	if status >= 500 {
		s.cfg.Logger.ErrorContext(r.Context(), "request failed", slog.String("path", r.Pattern), slog.String("error", err.Error()))
	}
	out := envelope("CatalogError")
	out["code"], out["reason"] = code, []string{reason}
	if kind != "" {
		out["@type"] = "ContractNegotiationError"
		if kind == agree.KindTransfer {
			out["@type"] = "TransferError"
		}
		pid := r.PathValue("pid")
		out["providerPid"], out["consumerPid"] = orElse(m.ProviderPID, pid), orElse(m.ConsumerPID, pid)
	}
	body, err := json.Marshal(out)
	if err != nil {
		s.cfg.Logger.ErrorContext(r.Context(), "encode error", slog.String("error", err.Error()))
	}
	s.answer(w, r, status, body)
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// statusOf maps an error to what the other side may see: a status, a stable
// code and a sentence without internal details.
func statusOf(err error) (status int, code, reason string) {
	var p *dataspace.Problem
	problem := errors.As(err, &p)
	switch {
	case errors.Is(err, dataspace.ErrUnauthenticated):
		return http.StatusUnauthorized, "unauthenticated", "the request does not prove who sent it"
	case errors.Is(err, dataspace.ErrNotFound):
		return http.StatusNotFound, "not_found", "there is no object of this id for the caller"
	case errors.Is(err, dataspace.ErrDenied):
		return http.StatusForbidden, "denied", "the caller may not use this path"
	case problem && (errors.Is(err, dataspace.ErrInvalid) || errors.Is(err, dataspace.ErrConflict)):
		return http.StatusBadRequest, p.Code, p.Error()
	case errors.Is(err, dataspace.ErrInvalid), errors.Is(err, dataspace.ErrConflict):
		return http.StatusBadRequest, "invalid", "the message cannot be accepted"
	case errors.Is(err, dataspace.ErrUnavailable), errors.Is(err, dataspace.ErrStale), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, "unavailable", "try again later"
	}
	return http.StatusInternalServerError, "internal", "the gateway failed to handle the request; its operator can see the cause in the log"
}
