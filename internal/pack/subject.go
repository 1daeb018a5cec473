package pack

// Subjects are the subjects of demands. They are the same for every law, so that
// two laws can be compared. The list may grow; docs/reference/pack-format.md
// explains each.
var Subjects = []string{
	"lawful_basis", "notice", "consent", "impact_assessment", "transfer_contract", "certification",
	"authority_approval", "security_assessment", "filing", "record_keeping", "onward_transfer",
	"incident_report", "data_localisation", "volume", "exemption", "adequacy", "restricted_recipient", "prohibition",
}
