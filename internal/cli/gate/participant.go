package gate

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Participant makes "participant".
func Participant(env *frame.Env) *cobra.Command {
	return frame.Group("participant", "Who stands behind this gateway", participantAdd(env),
		&cobra.Command{Use: "list", Short: "List participants", Args: frame.Args(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			var list []gateway.Participant
			if err := c.Call(cmd.Context(), http.MethodGet, "/participants", nil, &list); err != nil {
				return err
			}
			return env.List(list, "ID JURISDICTION REGISTERED NAME", func(row func(...any)) {
				for _, p := range list {
					row(p.ID, p.Jurisdiction, p.RegisteredIn, env.Text(p.LegalName))
				}
			})
		}},
		showCommand[gateway.Participant](env, "participant", func(id string) (string, error) { return "/participants/" + frame.Esc(id), nil }),
		removeCommand(env, "participant", func(id string) (string, error) { return "/participants/" + frame.Esc(id), nil }),
	)
}

func participantAdd(env *frame.Env) *cobra.Command {
	var p gateway.Participant
	var ciio, state, foreign frame.Tri
	var accept []string
	cmd := &cobra.Command{
		Use: "add ID", Short: "Admit a participant", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Admit an organisation. What is not said stays unknown, and rules that need it
answer that a person must decide: say --ciio=false if it is known to be false.`,
		Example: `  hutong participant add acme --name "Acme Content Ltd" --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false
  hutong participant add lion --name "Lion Pte Ltd" --jurisdiction SG --foreign-authority=false --accept shanghai`,
		RunE: func(cmd *cobra.Command, list []string) error {
			c, err := env.Client()
			if err != nil {
				return err
			}
			p.ID = dataspace.ParticipantID(list[0])
			p.CIIO, p.StateOrgan, p.ForeignAuthority = ciio.Value, state.Value, foreign.Value
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
			if err := c.Call(cmd.Context(), http.MethodPost, "/participants", p, &out); err != nil {
				return err
			}
			return env.Print(out, func(w io.Writer) { fmt.Fprintf(w, "participant %s is behind this gateway\n", out.ID) })
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
	frame.AddTri(cmd, &ciio, "ciio", "operates critical information infrastructure")
	frame.AddTri(cmd, &state, "state-organ", "is a state organ")
	frame.AddTri(cmd, &foreign, "foreign-authority", "is a court or law-enforcement body")
	return cmd
}
