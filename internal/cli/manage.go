package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// tri is a flag that is unknown until it is given: --ciio, --ciio=false.
type tri struct {
	v     *bool
	given bool // unknown that is said goes over what a file says
}

func (t *tri) String() string {
	if t.v == nil {
		return "unknown"
	}
	return fmt.Sprint(*t.v)
}

func (t *tri) Set(s string) error {
	t.given = true
	switch s {
	case "true", "yes":
		t.v = new(bool)
		*t.v = true
	case "false", "no":
		t.v = new(bool)
	case "unknown":
		t.v = nil
	default:
		return fmt.Errorf("expected true, false or unknown")
	}
	return nil
}

func (t *tri) Type() string     { return "true|false|unknown" }
func (t *tri) IsBoolFlag() bool { return true }

func triFlag(cmd *cobra.Command, t *tri, name, usage string) {
	cmd.Flags().Var(t, name, usage)
	cmd.Flags().Lookup(name).NoOptDefVal = "true"
}

// groupCommand makes a command of subcommands.
func (a *app) groupCommand(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, RunE: a.group}
	cmd.AddCommand(subs...)
	return cmd
}

// list prints rows under a header, or the value as JSON.
func (a *app) list(v any, header string, rows func(row func(cells ...any))) error {
	return a.print(v, func(w io.Writer) {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, strings.ReplaceAll(header, " ", "\t"))
		rows(func(cells ...any) {
			for i, c := range cells {
				if i > 0 {
					fmt.Fprint(tw, "\t")
				}
				fmt.Fprint(tw, c)
			}
			fmt.Fprintln(tw)
		})
		_ = tw.Flush() // like any print to the terminal
	})
}

// removeCommand makes "remove ID", with or without an owner.
func (a *app) removeCommand(what string, path func(id string) (string, error)) *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "Remove " + article(what), Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			p, err := path(list[0])
			if err != nil {
				return err
			}
			return c.call(cmd.Context(), http.MethodDelete, p, nil, nil)
		}}
}

// article is what with its "a" or "an".
func article(what string) string {
	if strings.ContainsAny(what[:1], "aeiou") {
		return "an " + what
	}
	return "a " + what
}

// show makes "show ID": one thing as JSON, for people indented.
func showCommand[T any](a *app, what string, path func(id string) (string, error)) *cobra.Command {
	return &cobra.Command{Use: "show ID", Short: "Show " + article(what), Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			p, err := path(list[0])
			if err != nil {
				return err
			}
			var v T
			if err := c.call(cmd.Context(), http.MethodGet, p, nil, &v); err != nil {
				return err
			}
			return a.asYAML(v)
		}}
}

// asYAML prints a thing for people as YAML, which is easier on the eye than
// JSON and has the same names.
func (a *app) asYAML(v any) error {
	return a.print(v, func(w io.Writer) {
		data, err := json.Marshal(v)
		if err == nil {
			data, err = yaml.JSONToYAML(data)
		}
		if err != nil {
			fmt.Fprintln(w, err)
			return
		}
		_, _ = w.Write(data) // like any print to the terminal
	})
}

func (a *app) participantCommand() *cobra.Command {
	return a.groupCommand("participant", "Who stands behind this gateway", a.participantAdd(),
		&cobra.Command{Use: "list", Short: "List participants", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var list []gateway.Participant
			if err := c.call(cmd.Context(), http.MethodGet, "/participants", nil, &list); err != nil {
				return err
			}
			return a.list(list, "ID JURISDICTION REGISTERED NAME", func(row func(...any)) {
				for _, p := range list {
					row(p.ID, p.Jurisdiction, p.RegisteredIn, a.text(p.LegalName))
				}
			})
		}},
		showCommand[gateway.Participant](a, "participant", func(id string) (string, error) { return "/participants/" + esc(id), nil }),
		a.removeCommand("participant", func(id string) (string, error) { return "/participants/" + esc(id), nil }),
	)
}

func (a *app) participantAdd() *cobra.Command {
	var p gateway.Participant
	var ciio, state, foreign tri
	var accept []string
	cmd := &cobra.Command{
		Use: "add ID", Short: "Admit a participant", Args: args(cobra.ExactArgs(1)),
		Long: `Admit an organisation. What is not said stays unknown, and rules that need it
answer that a person must decide: say --ciio=false if it is known to be false.`,
		Example: `  hutong participant add acme --name "Acme Content Ltd" --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false
  hutong participant add lion --name "Lion Pte Ltd" --jurisdiction SG --foreign-authority=false --accept shanghai`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			p.ID = dataspace.ParticipantID(list[0])
			p.CIIO, p.StateOrgan, p.ForeignAuthority = ciio.v, state.v, foreign.v
			for _, s := range accept {
				peer, purposes, _ := strings.Cut(s, ":")
				rule := gateway.IntakeRule{Peer: dataspace.PeerName(peer)}
				if purposes != "" {
					rule.Purposes = strings.Split(purposes, "+")
				}
				p.Intake.Accept = append(p.Intake.Accept, rule)
			}
			if p.Inbox != "" {
				if p.Inbox, err = filepath.Abs(p.Inbox); err != nil {
					return err
				}
			}
			var out gateway.Participant
			if err := c.call(cmd.Context(), http.MethodPost, "/participants", p, &out); err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) { fmt.Fprintf(w, "participant %s is behind this gateway\n", out.ID) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.LegalName.EN, "name", "", "legal name")
	f.StringVar(&p.LegalName.ZH, "name-zh", "", "legal name in Chinese")
	f.StringVar((*string)(&p.Jurisdiction), "jurisdiction", "", "ISO 3166-1 alpha-2")
	f.StringVar((*string)(&p.RegisteredIn), "registered-in", "", "ISO 3166-2, such as CN-SH")
	f.StringVar((*string)(&p.ExportsFrom), "exports-from", "", "ISO 3166-2, where its exports start")
	f.StringVar(&p.Sector, "sector", "", "sector of its business")
	f.StringVar(&p.Group, "group", "", "group of companies it belongs to")
	f.StringVar(&p.Inbox, "inbox", "", "directory for what is delivered to it")
	f.StringSliceVar(&p.Certifications, "certification", nil, "certification it holds, such as global_cbpr")
	f.StringSliceVar(&accept, "accept", nil, "PEER or PEER:purpose+purpose whose offers are taken without asking")
	triFlag(cmd, &ciio, "ciio", "operates critical information infrastructure")
	triFlag(cmd, &state, "state-organ", "is a state organ")
	triFlag(cmd, &foreign, "foreign-authority", "is a court or law-enforcement body")
	return cmd
}

func (a *app) peerCommand() *cobra.Command {
	var fingerprint string
	add := &cobra.Command{
		Use: "add NAME URL", Short: "Pair with another gateway", Args: args(cobra.ExactArgs(2)),
		Long: `Fetch the other gateway's card and show the fingerprint of its keys. Compare it
with what that gateway's operator sees ('hutong peer self'), then confirm it,
here and there. From then on those keys are pinned.`,
		Example: `  hutong peer add singapore https://sg.example:8443
  hutong peer confirm singapore gjj7-zrci-...`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var p gateway.Peer
			if err := c.call(cmd.Context(), http.MethodPost, "/peers", api.NewPeer{Name: dataspace.PeerName(list[0]), URL: list[1]}, &p); err != nil {
				return err
			}
			if fingerprint != "" {
				if err := c.call(cmd.Context(), http.MethodPost, "/peers/"+esc(p.Name)+"/confirm", api.ConfirmPeer{Fingerprint: fingerprint}, &p); err != nil {
					return err
				}
			}
			return a.print(p, func(w io.Writer) {
				fmt.Fprintf(w, "%s is %s (%s)\nfingerprint %s\n", p.Name, p.Card.Name, p.Card.Gateway, p.Fingerprint)
				if p.State == gateway.Confirmed {
					fmt.Fprintln(w, "confirmed: its keys are pinned from now on")
					return
				}
				fmt.Fprintf(w, "compare it with what its operator sees, then:\n  hutong peer confirm %s FINGERPRINT\n", p.Name)
			})
		},
	}
	add.Flags().StringVar(&fingerprint, "fingerprint", "", "confirm at once, if this is the fingerprint")
	return a.groupCommand("peer", "Other gateways this one knows", add,
		&cobra.Command{Use: "confirm NAME FINGERPRINT", Short: "Trust a peer whose fingerprint was compared", Args: args(cobra.ExactArgs(2)),
			RunE: func(cmd *cobra.Command, list []string) error {
				c, err := a.client()
				if err != nil {
					return err
				}
				var p gateway.Peer
				if err := c.call(cmd.Context(), http.MethodPost, "/peers/"+esc(list[0])+"/confirm", api.ConfirmPeer{Fingerprint: list[1]}, &p); err != nil {
					return err
				}
				return a.print(p, func(w io.Writer) { fmt.Fprintf(w, "%s is confirmed: its keys are pinned from now on\n", p.Name) })
			}},
		&cobra.Command{Use: "list", Short: "List peers", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var list []gateway.Peer
			if err := c.call(cmd.Context(), http.MethodGet, "/peers", nil, &list); err != nil {
				return err
			}
			return a.list(list, "NAME GATEWAY STATE URL", func(row func(...any)) {
				for _, p := range list {
					state := string(p.State)
					if p.Policy.Cut {
						state = "cut"
					}
					row(p.Name, p.Card.Gateway, state, p.URL)
				}
			})
		}},
		&cobra.Command{Use: "self", Short: "Show this gateway's own fingerprint, to read out", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var g api.Gateway
			if err := c.call(cmd.Context(), http.MethodGet, "/gateway", nil, &g); err != nil {
				return err
			}
			return a.print(g, func(w io.Writer) {
				fmt.Fprintf(w, "gateway     %s\nurl         %s\nfingerprint %s\nlog key     %s\n", g.Card.Gateway, g.Card.URL, g.Fingerprint, g.Card.Log)
			})
		}},
		a.peerCut("suspend", "Cut everything with a peer at once"), a.peerCut("resume", "Take up with a suspended peer again"),
		showCommand[gateway.Peer](a, "peer", func(id string) (string, error) { return "/peers/" + esc(id), nil }),
		a.removeCommand("peer", func(id string) (string, error) { return "/peers/" + esc(id), nil }),
	)
}

func (a *app) peerCut(verb, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: verb + " NAME", Short: short, Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			body := map[string]string{}
			if verb == "suspend" {
				body["reason"] = reason
			}
			var p gateway.Peer
			if err := c.call(cmd.Context(), http.MethodPost, "/peers/"+esc(list[0])+"/"+verb, body, &p); err != nil {
				return err
			}
			return a.asYAML(p)
		}}
	if verb == "suspend" {
		cmd.Flags().StringVar(&reason, "reason", "", "why, for people here")
	}
	return cmd
}

func (a *app) instrumentCommand() *cobra.Command {
	var owner string
	path := func(id string) (string, error) {
		if owner == "" {
			return "", usagef("name the participant with --of", "whose instrument?")
		}
		return "/participants/" + esc(owner) + "/instruments/" + esc(id), nil
	}
	var i gateway.Instrument
	var scope dataspace.InstrumentScope
	var sensitive tri
	add := &cobra.Command{
		Use: "add ID", Short: "Register a legal document", Args: args(cobra.ExactArgs(1)),
		Long:    "Register a filed contract, a certificate or an approval. Flows that waited for it go on by themselves.",
		Example: `  hutong instrument add SH-2026-0117 --of acme --kind cn.standard_contract --effective-on 2026-05-01 --filed-on 2026-05-08`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			i.ID = dataspace.InstrumentID(list[0])
			if i.Owner, err = a.sole(cmd.Context(), c, owner, "of"); err != nil {
				return err
			}
			over(&scope.Sensitive, sensitive)
			if !reflect.ValueOf(scope).IsZero() {
				i.Covers = &scope
			}
			var out gateway.Instrument
			if err := c.call(cmd.Context(), http.MethodPost, "/instruments", i, &out); err != nil {
				return err
			}
			return a.print(out, func(w io.Writer) { fmt.Fprintf(w, "instrument %s (%s) is registered\n", out.ID, out.Kind) })
		},
	}
	f := add.Flags()
	f.StringVar(&i.Kind, "kind", "", "such as cn.standard_contract, cn.security_assessment, cn.pipia")
	f.StringVar(&i.EffectiveOn, "effective-on", "", "2006-01-02")
	f.StringVar(&i.FiledOn, "filed-on", "", "2006-01-02")
	f.StringVar(&i.CompletedOn, "completed-on", "", "2006-01-02")
	f.StringVar(&i.ExpiresOn, "expires-on", "", "2006-01-02, the last day")
	f.StringVar(&scope.Recipient, "covers-recipient", "", "only this recipient")
	f.StringVar(&scope.Scenario, "covers-scenario", "", "only this scenario")
	f.Int64Var(&scope.MaxSubjects, "covers-max", 0, "only up to so many people")
	f.StringVar(&i.RenewedOn, "renewed-on", "", "2006-01-02, when renewal was applied for")
	f.StringSliceVar(&scope.Purposes, "covers-purpose", nil, "only for these purposes")
	f.StringSliceVar(&scope.Acts, "covers-act", nil, "only these acts: transfer, remote_access, access_inside")
	f.StringVar((*string)(&scope.Storage), "covers-storage", "", "only kept in this place, such as SG")
	f.StringVar(&scope.Until, "covers-until", "", "2006-01-02, last day to which the recipient may keep the data")
	triFlag(add, &sensitive, "covers-sensitive", "also sensitive data; =false where it was granted for other data only")
	exporters := f.StringSlice("covers-exporter", nil, "other participants of the group that share it")
	elements := f.StringSlice("covers-element", nil, "only these data elements")
	add.PreRun = func(*cobra.Command, []string) {
		for _, e := range *elements {
			scope.Elements = append(scope.Elements, dataspace.ElementID(e))
		}
		for _, id := range *exporters {
			scope.Exporters = append(scope.Exporters, dataspace.ParticipantID(id))
		}
	}
	cmd := a.groupCommand("instrument", "Legal documents: filings, certificates, approvals", add,
		&cobra.Command{Use: "list", Short: "List instruments", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var list []gateway.Instrument
			if err := c.call(cmd.Context(), http.MethodGet, "/instruments?owner="+esc(owner), nil, &list); err != nil {
				return err
			}
			return a.list(list, "ID OF KIND EFFECTIVE FILED EXPIRES", func(row func(...any)) {
				for _, i := range list {
					row(i.ID, i.Owner, i.Kind, i.EffectiveOn+i.CompletedOn, i.FiledOn, i.ExpiresOn)
				}
			})
		}},
		a.removeCommand("instrument", path))
	cmd.PersistentFlags().StringVar(&owner, "of", "", "the participant whose it is")
	return cmd
}

func (a *app) keyCommand() *cobra.Command {
	var in api.NewKey
	var out string
	add := &cobra.Command{
		Use: "add NAME", Short: "Make an API key", Args: args(cobra.ExactArgs(1)),
		Long:    "Make an API key for a person or program. The secret is shown once, or written to a file that only you can read.",
		Example: `  hutong key add "Li Wei" --role compliance --out li-wei.key`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			in.Name = list[0]
			var k api.IssuedKey
			if err := c.call(cmd.Context(), http.MethodPost, "/keys", in, &k); err != nil {
				return err
			}
			if out != "" {
				if err := os.WriteFile(out, []byte(k.Secret+"\n"), 0o600); err != nil {
					return fmt.Errorf("write key: %w", err)
				}
				k.Secret = ""
			}
			return a.print(k, func(w io.Writer) {
				fmt.Fprintf(w, "key %s of %s, role %s\n", k.Key.ID, k.Key.Name, k.Key.Role)
				if out != "" {
					fmt.Fprintf(w, "secret written to %s\n", out)
				} else {
					fmt.Fprintf(w, "secret, shown once: %s\n", k.Secret)
				}
			})
		},
	}
	add.Flags().StringVar((*string)(&in.Role), "role", "", "operator, compliance, participant or auditor")
	add.Flags().StringVar((*string)(&in.Participant), "participant", "", "whose, for the role participant")
	add.Flags().StringVar(&out, "out", "", "write the secret to this file")
	return a.groupCommand("key", "API keys of people and programs", add,
		&cobra.Command{Use: "list", Short: "List keys", Args: args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			var list []gateway.APIKey
			if err := c.call(cmd.Context(), http.MethodGet, "/keys", nil, &list); err != nil {
				return err
			}
			return a.list(list, "ID ROLE PARTICIPANT NAME", func(row func(...any)) {
				for _, k := range list {
					row(k.ID, k.Role, k.Participant, k.Name)
				}
			})
		}},
		a.removeCommand("key", func(id string) (string, error) { return "/keys/" + esc(id), nil }))
}
