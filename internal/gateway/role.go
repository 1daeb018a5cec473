package gateway

import (
	"slices"

	"hutong/internal/dataspace"
)

// Role is the role of the holder of an API key.
type Role string

// The roles.
const (
	Operator          Role = "operator"   // runs the gateway
	Compliance        Role = "compliance" // makes the decisions that need a person, keeps filings and counts
	ParticipantMember Role = "participant"
	Auditor           Role = "auditor" // sees everything, changes nothing
)

// Permission is one action that a role may do.
type Permission string

// The permissions. Principal.Sees limits what may be read.
const (
	ReadParticipants   Permission = "participants.read"
	WriteParticipants  Permission = "participants.write"
	DeclareFacts       Permission = "participants.declare" // of a participant and its datasets, for a time
	ReadPeers          Permission = "peers.read"
	WritePeers         Permission = "peers.write"
	ReadDatasets       Permission = "datasets.read"
	WriteDatasets      Permission = "datasets.write"
	ProfileDatasets    Permission = "datasets.profile"
	StateDatasets      Permission = "datasets.state" // what columns are, and which keys tell people apart
	ReadInstruments    Permission = "instruments.read"
	WriteInstruments   Permission = "instruments.write" // propose and remove
	ConfirmInstruments Permission = "instruments.confirm"
	ReadScreens        Permission = "screens.read"  // lists of barred recipients, and who is on them
	WriteScreens       Permission = "screens.write" // import them, and say who is on them
	ReadFlows          Permission = "flows.read"
	StartFlows         Permission = "flows.start"
	StopFlows          Permission = "flows.stop"
	AcceptFlows        Permission = "flows.accept" // offers that intake leaves to a person
	ReviewFlows        Permission = "flows.review" // a compliance decision
	ReadCounts         Permission = "counts.read"
	CorrectCounts      Permission = "counts.correct"
	ReadEvidence       Permission = "evidence.read"
	ReadPacks          Permission = "packs.read"
	WritePacks         Permission = "packs.write"
	ExaminePacks       Permission = "packs.examine" // the tools for packs that are not in force
	ReadKeys           Permission = "keys.read"
	WriteKeys          Permission = "keys.write"
)

// The duties of operator and compliance officer are separate: an operator
// cannot review a flow, declare a fact, confirm an instrument, screen a recipient, say what a column
// is, or correct a count, and a compliance officer cannot admit a peer or issue
// keys.
var permissions = map[Role][]Permission{
	Operator: {
		ReadParticipants, WriteParticipants, ReadPeers, WritePeers, ReadDatasets, WriteDatasets, ProfileDatasets,
		ReadInstruments, WriteInstruments, ReadScreens, ReadFlows, StartFlows, StopFlows, AcceptFlows,
		ReadCounts, ReadEvidence, ReadPacks, WritePacks, ExaminePacks, ReadKeys, WriteKeys,
	},
	Compliance: {
		ReadParticipants, DeclareFacts, ReadPeers, ReadDatasets, ProfileDatasets, StateDatasets, ReadInstruments, WriteInstruments, ConfirmInstruments, ReadScreens, WriteScreens,
		ReadFlows, StopFlows, ReviewFlows, ReadCounts, CorrectCounts, ReadEvidence, ReadPacks, ExaminePacks,
	},
	ParticipantMember: {
		ReadParticipants, ReadPeers, ReadDatasets, WriteDatasets, ProfileDatasets, ReadInstruments, WriteInstruments,
		ReadFlows, StartFlows, StopFlows, AcceptFlows, ReadCounts, ReadEvidence, ReadPacks,
	},
	Auditor: {
		ReadParticipants, ReadPeers, ReadDatasets, ReadInstruments, ReadScreens, ReadFlows, ReadCounts,
		ReadEvidence, ReadPacks, ReadKeys,
	},
}

// Roles lists the roles.
func Roles() []Role { return []Role{Operator, Compliance, ParticipantMember, Auditor} }

// Permissions lists what a role may do; nothing for an unknown role.
func (r Role) Permissions() []Permission { return slices.Clone(permissions[r]) }

// Principal is the caller of a request to the management API.
type Principal struct {
	Key         KeyID                   `json:"key"`
	Name        string                  `json:"name"`
	Role        Role                    `json:"role"`
	Participant dataspace.ParticipantID `json:"participant,omitempty"`
}

// May reports whether the role has the permission.
func (p Principal) May(permission Permission) bool {
	return slices.Contains(permissions[p.Role], permission)
}

// Sees reports whether the principal may see the owner's things: a participant
// sees only its own.
func (p Principal) Sees(owner dataspace.ParticipantID) bool {
	if p.Role == ParticipantMember {
		return p.Participant != "" && p.Participant == owner
	}
	return len(permissions[p.Role]) > 0
}

// Check returns ErrDenied unless the principal may do this with the owner's
// things. It returns ErrNotFound for an owner that the principal may not see,
// as if the owner did not exist.
func (p Principal) Check(permission Permission, owner dataspace.ParticipantID) error {
	if !p.May(permission) {
		return problem(dataspace.ErrDenied, "key.role", "", "the role "+string(p.Role)+" has no permission "+string(permission),
			"use the key of someone who has")
	}
	if !p.Sees(owner) {
		return problem(dataspace.ErrNotFound, "participant.unknown", "", "there is no such participant", "")
	}
	return nil
}
