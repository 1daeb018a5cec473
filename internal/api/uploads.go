package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/objects"
)

// maxUpload is the largest size of an uploaded file.
const maxUpload = 64 << 30

// uploadHandlers receive files as sources of flows, or only for profiling.
type uploadHandlers struct {
	uploads objects.Store
	read    func(context.Context, gateway.Dataset) (dataspace.Profile, error)
}

// Uploading is a file in transfer. Its bytes are the body, which is not read
// into memory.
type Uploading struct {
	Owner  dataspace.ParticipantID `path:"owner"`
	Name   string                  `query:"name" required:"true" doc:"name of the file"`
	Size   int64                   `query:"size" required:"true" minimum:"1" doc:"bytes"`
	SHA256 dataspace.Digest        `query:"sha256" required:"true" pattern:"^[0-9a-f]{64}$"`

	body io.Reader
}

func (in *Uploading) owner() dataspace.ParticipantID { return in.Owner }

// Resolve implements huma.Resolver: it only keeps the body.
func (in *Uploading) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

// profiling is a file in transfer for profiling.
type profiling struct {
	Uploading
	Format    string `query:"format" doc:"csv, jsonl or parquet; default: detected"`
	Charset   string `query:"charset" doc:"charset of a text file; default: detected"`
	Delimiter string `query:"delimiter" doc:"delimiter of a CSV file; default: detected"`
	Dialect   string `query:"dialect" doc:"how a CSV file quotes and escapes cells, such as mysql, or quote=single,escape=backslash; default: as RFC 4180"`
	Header    string `query:"header" enum:"yes,no" doc:"CSV: whether the first line names the columns; default: detected"`
	Skip      int    `query:"skip" minimum:"0" doc:"CSV: number of lines above the header or the first row"`
}

func (h uploadHandlers) add(ctx context.Context, in *Uploading) (*body[client.Uploaded], error) {
	info, err := h.put(ctx, in)
	if err != nil {
		return nil, err
	}
	return &body[client.Uploaded]{client.Uploaded{
		Source: client.Source{Kind: string(dataspace.SourceUpload), Place: info.Name}, Size: info.Size, SHA256: string(info.SHA256),
	}}, nil
}

// profile reads a file once and removes it, also after an error. If the gateway
// is killed meanwhile, the file is removed with the other uploads that have no
// flow.
func (h uploadHandlers) profile(ctx context.Context, in *profiling) (_ *body[json.RawMessage], err error) {
	info, err := h.put(ctx, &in.Uploading)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.uploads.Delete(context.WithoutCancel(ctx), info.Name)) }()
	p, err := h.read(ctx, gateway.Dataset{
		Owner: in.Owner, Source: dataspace.Source{Kind: dataspace.SourceUpload, Place: info.Name},
		Format: in.Format, Charset: in.Charset, Delimiter: in.Delimiter, Dialect: in.Dialect, Header: in.Header, Skip: in.Skip,
	})
	if err != nil {
		return nil, err
	}
	p.Source.Name = in.Name // and not what it is called here
	return answer[json.RawMessage](p, nil)
}

// put stores the bytes of a request under a new name.
func (h uploadHandlers) put(ctx context.Context, in *Uploading) (objects.Info, error) {
	if in.Size > maxUpload {
		return objects.Info{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "upload.size", Place: in.Name,
			Message: fmt.Sprintf("%d bytes are more than an upload may have, %d", in.Size, int64(maxUpload)),
			Hint:    "put the file into the participant's outbox on the gateway"}
	}
	name := fmt.Sprintf("%s/%s/%s", in.Owner, strings.ToLower(rand.Text()), uploadName(in.Name))
	// One byte more than announced is enough to detect a body that is too
	// large.
	return h.uploads.Put(ctx, name, io.LimitReader(in.body, in.Size+1), objects.Want{Size: in.Size, SHA256: in.SHA256})
}

// uploadName makes a part of an object's name from a file's name. Characters
// that are not allowed become "_".
func uploadName(file string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._-", r) {
			return r
		}
		return '_'
	}, strings.ToLower(path.Base(strings.ReplaceAll(file, `\`, "/"))))
	name = strings.TrimLeft(name, ".")
	if len(name) > 80 {
		name = name[len(name)-80:] // the extension gives the format
		name = strings.TrimLeft(name, ".")
	}
	if name == "" {
		return "_"
	}
	return name
}

// upload is a rule whose requests are files of any kind.
func upload(r rule) rule {
	register := r.register
	r.register = func(s *server, api huma.API, op huma.Operation) {
		op.RequestBody = &huma.RequestBody{Required: true, Description: "the bytes of the file", Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}
		register(s, api, op)
	}
	return r
}

// eitherSource describes client.Source: an object, or the path of a file, the
// form from before there were other kinds.
type eitherSource struct{}

// Schema implements huma.SchemaProvider.
func (eitherSource) Schema(r huma.Registry) *huma.Schema {
	type Source client.Source
	object := r.Schema(reflect.TypeFor[Source](), true, "Source")
	return &huma.Schema{OneOf: []*huma.Schema{object, {Type: huma.TypeString, Description: "the path of a file of the gateway"}}}
}

// named returns the source that a request names.
func named(s client.Source) dataspace.Source {
	return dataspace.Source{Kind: dataspace.SourceKind(s.Kind), Connection: s.Connection, Place: s.Place}
}

// sourceAllowed refuses sources that the caller does not own: an upload of
// another participant, or, for a participant's key, a file outside its outbox.
func sourceAllowed(ctx context.Context, uploads objects.Store, outbox string, owner dataspace.ParticipantID, s dataspace.Source) error {
	if s.Kind != dataspace.SourceUpload {
		return pathAllowed(ctx, outbox, owner, s.Place)
	}
	if !strings.HasPrefix(s.Place, string(owner)+"/") {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "source.upload", Place: "source", Message: "the upload is not the participant's"}
	}
	_, err := uploads.Stat(ctx, s.Place)
	return err
}
