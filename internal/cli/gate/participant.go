package gate

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
)

// Participant makes "participant".
func Participant(env *frame.Env) *cobra.Command {
	r := resource{
		noun: "participant", command: "hutong participant", example: "acme",
		removed: "It must not own\ndatasets or instruments, nor have flows that still run.",
	}
	show := func(ctx context.Context, c *client.Client, id string) (client.Participant, error) {
		return c.Participants().Get(ctx, id)
	}
	remove := func(ctx context.Context, c *client.Client, id string) error { return c.Participants().Remove(ctx, id) }
	cmd := frame.Group("participant", "Organisations behind this gateway",
		participantAdd(env), participantList(env), showCommand(env, r, show), removeCommand(env, r, remove))
	cmd.Long = `Participants are the organisations behind this gateway. They send and receive data,
and the law treats them by what they are.`
	cmd.Example = `  hutong participant add acme --name "Acme Content Ltd" --jurisdiction CN --registered-in CN-SH
  hutong participant list`
	return cmd
}

// participantFlags are the flags of a participant that are not plain facts.
type participantFlags struct {
	facts  input.Facts
	accept []string // PEER or PEER:purpose+purpose
}

func participantAdd(env *frame.Env) *cobra.Command {
	var p client.Participant
	var o participantFlags
	cmd := &cobra.Command{
		Use: "add ID", Short: "Admit a participant", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Admit an organisation. A fact that is not given is unknown, and a rule that needs it
answers that a person must decide: say --ciio=false if it is known to be false.`,
		Example: `  hutong participant add acme --name "Acme Content Ltd" --jurisdiction CN --registered-in CN-SH --exports-from CN-SH --ciio=false --state-organ=false
  hutong participant add lion --name "Lion Pte Ltd" --jurisdiction SG --foreign-authority=false --accept shanghai`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, words []string) error {
			p.ID = words[0]
			return addParticipant(ctx, env, c, p, o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&p.LegalName.EN, "name", "", "legal name")
	f.StringVar(&p.LegalName.ZH, "name-zh", "", "legal name in Chinese")
	f.StringVar(&p.Jurisdiction, "jurisdiction", "", "ISO 3166-1 alpha-2")
	f.StringVar(&p.Group, "group", "", "group of companies it belongs to")
	f.StringVar(&p.Inbox, "inbox", "", "directory for the data that is delivered to it")
	f.StringSliceVar(&o.accept, "accept", nil, "PEER or PEER:purpose+purpose whose offers are accepted automatically")
	o.facts.AddParticipant(cmd)
	return cmd
}

func addParticipant(ctx context.Context, env *frame.Env, c *client.Client, p client.Participant, o participantFlags) error {
	t, err := tableFor(ctx, c, &o.facts)
	if err != nil {
		return err
	}
	said, err := o.facts.OfParticipant(t)
	if err != nil {
		return err
	}
	if p.Facts, err = frame.Wire[client.Facts](said); err != nil {
		return err
	}
	for _, s := range o.accept {
		peer, purposes, _ := strings.Cut(s, ":")
		rule := client.IntakeRule{Peer: peer}
		if purposes != "" {
			rule.Purposes = strings.Split(purposes, "+")
		}
		p.Intake.Accept = append(p.Intake.Accept, rule)
	}
	if p.Inbox != "" {
		inbox, err := filepath.Abs(p.Inbox)
		if err != nil {
			return fmt.Errorf("find inbox: %w", err)
		}
		p.Inbox = inbox
	}
	out, err := c.Participants().Add(ctx, p)
	if err != nil {
		return err
	}
	return env.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "participant %s is behind this gateway\n", out.ID)
		for _, q := range out.Asks {
			fmt.Fprintf(w, env.Word("? not stated: %s\n", "? 未说明：%s\n"), q.Fact)
			frame.Paragraph(w, "  ", "  ", env.Text(dataspace.Text(q.Ask))+env.Word(" Answers: ", "可答：")+strings.Join(q.Values, env.Word(", ", "、")))
			frame.Paragraph(w, "  ", "  ", fmt.Sprintf(env.Word("Until it is stated (--%s), the strictest answer counts.", "说明之前（--%s），以最严格的答案为准。"), strings.ReplaceAll(q.Fact, "_", "-")))
		}
	})
}

func participantList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List participants", Args: frame.Args(cobra.NoArgs),
		Long: "List the organisations behind this gateway, with the jurisdiction whose law they\nare under and the place where they are registered.",
		Example: `  hutong participant list
  hutong participant list --json`,
		RunE: atGateway(env, func(ctx context.Context, c *client.Client, _ []string) error {
			list, err := client.Collect(c.Participants().List(ctx))
			if err != nil {
				return err
			}
			return env.List(list, "ID JURISDICTION REGISTERED NAME", func(row func(...any)) {
				for _, p := range list {
					row(p.ID, p.Jurisdiction, factText(p.Facts, p.Unread, "registered_in"), env.Text(dataspace.Text(p.LegalName)))
				}
			})
		}),
	}
}
