package pack

// Subjects are what demands of any law may be about, so that those of two laws
// can stand side by side. The list may grow; docs/reference/pack-format.md says
// what each means.
var Subjects = []string{
	"lawful_basis", "notice", "consent", "impact_assessment", "transfer_contract", "certification",
	"authority_approval", "security_assessment", "filing", "record_keeping", "onward_transfer",
	"incident_report", "data_localisation", "volume", "exemption", "adequacy", "restricted_recipient", "prohibition",
}
