package gateway

import (
	"slices"

	"hutong/internal/dataspace"
)

// Role is what the holder of an API key is.
type Role string

// The roles.
const (
	Operator          Role = "operator"   // runs the gateway
	Compliance        Role = "compliance" // decides where a person must, keeps filings and counts
	ParticipantMember Role = "participant"
	Auditor           Role = "auditor" // sees everything, changes nothing
)

// Permission is one thing that a role may do.
type Permission string

// The permissions. Reading goes as far as Principal.Sees.
const (
	ReadParticipants  Permission = "participants.read"
	WriteParticipants Permission = "participants.write"
	ReadPeers         Permission = "peers.read"
	WritePeers        Permission = "peers.write"
	ReadDatasets      Permission = "datasets.read"
	WriteDatasets     Permission = "datasets.write"
	ReadInstruments   Permission = "instruments.read"
	WriteInstruments  Permission = "instruments.write"
	ReadFlows         Permission = "flows.read"
	StartFlows        Permission = "flows.start"
	StopFlows         Permission = "flows.stop"
	AcceptFlows       Permission = "flows.accept" // what intake leaves to a person
	ReviewFlows       Permission = "flows.review" // a compliance decision
	ReadCounts        Permission = "counts.read"
	CorrectCounts     Permission = "counts.correct"
	ReadEvidence      Permission = "evidence.read"
	ReadPacks         Permission = "packs.read"
	WritePacks        Permission = "packs.write"
	ExaminePacks      Permission = "packs.examine" // the tools for packs that are not in force
	ReadKeys          Permission = "keys.read"
	WriteKeys         Permission = "keys.write"
)

// Who runs the gateway and who answers for the law are kept apart: an
// operator cannot review a flow or correct a count, a compliance officer
// cannot admit a peer or hand out keys.
var permissions = map[Role][]Permission{
	Operator: {
		ReadParticipants, WriteParticipants, ReadPeers, WritePeers, ReadDatasets, WriteDatasets,
		ReadInstruments, WriteInstruments, ReadFlows, StartFlows, StopFlows, AcceptFlows,
		ReadCounts, ReadEvidence, ReadPacks, WritePacks, ExaminePacks, ReadKeys, WriteKeys,
	},
	Compliance: {
		ReadParticipants, ReadPeers, ReadDatasets, ReadInstruments, WriteInstruments,
		ReadFlows, StopFlows, ReviewFlows, ReadCounts, CorrectCounts, ReadEvidence, ReadPacks, ExaminePacks,
	},
	ParticipantMember: {
		ReadParticipants, ReadPeers, ReadDatasets, WriteDatasets, ReadInstruments, WriteInstruments,
		ReadFlows, StartFlows, StopFlows, AcceptFlows, ReadCounts, ReadEvidence, ReadPacks,
	},
	Auditor: {
		ReadParticipants, ReadPeers, ReadDatasets, ReadInstruments, ReadFlows, ReadCounts,
		ReadEvidence, ReadPacks, ReadKeys,
	},
}

// Roles lists the roles.
func Roles() []Role { return []Role{Operator, Compliance, ParticipantMember, Auditor} }

// Permissions lists what a role may do; nothing for an unknown role.
func (r Role) Permissions() []Permission { return slices.Clone(permissions[r]) }

// Principal is who a request to the management API comes from.
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

// Sees reports whether what belongs to the owner is in sight: a participant
// sees only its own.
func (p Principal) Sees(owner dataspace.ParticipantID) bool {
	if p.Role == ParticipantMember {
		return p.Participant != "" && p.Participant == owner
	}
	return len(permissions[p.Role]) > 0
}

// Check is ErrDenied unless the principal may do this to what belongs to the
// owner. An owner out of sight answers ErrNotFound, as if it were not there.
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
