# The pathway and the obligations of the national pack of mainland China, as
# one would write them for OPA by hand. It knows facts only as true or false:
# nothing is human review for lack of a fact, and no reason, text or deadline
# is given.
package national

import rego.v1

important if input.data.important in {"yes", "notified", "published"}

abroad if {
	input.recipient.jurisdiction != "CN"
	input.act != "access_inside"
}

personal_export if {
	abroad
	input.data.personal
}

above if input.counts.non_sensitive >= 100000

above if input.counts.sensitive > 0

no_consent_needed if input.consent.basis in {"contract", "hr", "statutory", "emergency", "other"}

protected if input.data.core

protected if input.data.state_secret

# Pathways, first that holds wins.
default pathway := {"pathway": "human_review", "demands": set()}

pathway := {"pathway": "human_review", "demands": set()} if {
	protected
} else := {"pathway": "prohibited", "demands": set()} if {
	personal_export
	input.recipient.restricted
} else := {"pathway": "not_an_export", "demands": set()} if {
	input.recipient.jurisdiction == "CN"
} else := {"pathway": "not_an_export", "demands": set()} if {
	input.on >= "2024-03-22"
	input.act == "access_inside"
} else := {"pathway": "free", "demands": set()} if {
	input.on >= "2024-03-22"
	not input.data.personal
	not important
} else := {"pathway": "human_review", "demands": {"cn.state_organ.assessment", "cn.security_assessment.declare"}} if {
	input.exporter.state_organ
	input.data.personal
	important
} else := {"pathway": "human_review", "demands": {"cn.state_organ.assessment"}} if {
	input.exporter.state_organ
	input.data.personal
} else := {"pathway": "security_assessment", "demands": {"cn.security_assessment.declare"}} if {
	input.on >= "2024-03-22"
	important
} else := {"pathway": "exempt", "demands": {"cn.evidence.transit", "cn.evidence.uncounted"}} if {
	input.on >= "2024-03-22"
	input.origin == "abroad"
	not input.domestic_mixed
} else := {"pathway": "exempt", "demands": {"cn.evidence.contract", "cn.evidence.uncounted"}} if {
	input.on >= "2024-03-22"
	input.purpose == "contract_with_individual"
	input.necessity_shown
} else := {"pathway": "exempt", "demands": {"cn.evidence.hr", "cn.evidence.uncounted"}} if {
	input.on >= "2024-03-22"
	input.purpose == "hr_employees"
	input.necessity_shown
	input.hr_basis.labour_rules
	input.hr_basis.collective_contract
} else := {"pathway": "exempt", "demands": {"cn.evidence.emergency", "cn.evidence.uncounted"}} if {
	input.on >= "2024-03-22"
	input.purpose == "emergency"
	input.necessity_shown
} else := {"pathway": "security_assessment", "demands": {"cn.security_assessment.declare"}} if {
	input.on >= "2024-03-22"
	input.exporter.ciio
} else := {"pathway": "human_review", "demands": set()} if {
	input.on >= "2025-01-01"
	input.purpose == "statutory_duty"
	above
} else := {"pathway": "security_assessment", "demands": {"cn.security_assessment.declare"}} if {
	input.on >= "2024-03-22"
	input.counts.non_sensitive >= 1000000
} else := {"pathway": "security_assessment", "demands": {"cn.security_assessment.declare"}} if {
	input.on >= "2024-03-22"
	input.counts.sensitive >= 10000
} else := {"pathway": "contract_or_certification", "demands": {"cn.transfer_mechanism", "cn.standard_contract.file"}} if {
	input.on >= "2024-03-22"
	above
} else := {"pathway": "exempt", "demands": {"cn.evidence.counts"}} if {
	input.on >= "2024-03-22"
	input.counts.non_sensitive < 100000
	input.counts.sensitive == 0
}

# Instruments in force.
held contains i.kind if {
	some i in input.instruments
	start := object.get(i, "effective_on", object.get(i, "filed_on", object.get(i, "completed_on", "9999-12-31")))
	start <= input.on
	object.get(i, "expires_on", "9999-12-31") >= input.on
	not outgrown(i.kind)
}

# Neither serves for important data or an operator of critical infrastructure.
outgrown(kind) if {
	kind in {"cn.standard_contract", "cn.certification"}
	important
}

outgrown(kind) if {
	kind in {"cn.standard_contract", "cn.certification"}
	input.exporter.ciio
}

# Each obligation that arises, and whether it is satisfied.
done["cn.security_assessment.declare"] if "cn.security_assessment" in held

done["cn.state_organ.assessment"] if "cn.state_organ_assessment" in held

done["cn.transfer_mechanism"] if held & {"cn.standard_contract", "cn.certification", "cn.security_assessment"} != set()

done["cn.standard_contract.file"] if {
	some i in input.instruments
	i.kind == "cn.standard_contract"
	i.kind in held
	i.filed_on <= input.on
}

done["cn.lawful_basis"] if input.consent.basis in {"consent", "contract", "hr", "statutory", "emergency", "other"}

done["cn.notice"] if input.consent.notice_given

done["cn.separate_consent"] if no_consent_needed

done["cn.separate_consent"] if input.consent.separate_consent

done["cn.separate_consent.sensitive"] if no_consent_needed

done["cn.separate_consent.sensitive"] if input.consent.separate_consent

done["cn.notice.after"] if input.consent.notice_given

done["cn.provision.contract"] if held & {"cn.data_contract", "cn.standard_contract", "cn.security_assessment"} != set()

done["cn.recipient.screen"] if not input.recipient.restricted

done["cn.pipia"] if "cn.pipia" in held

done["cn.sensitive.necessity"] if input.necessity_shown

done["cn.guardian_consent"] if input.consent.guardian_consent

done["cn.important_data.risk_assessment"] if "cn.important_data_risk_assessment" in held

arises contains id if some id in pathway.demands

arises contains "cn.lawful_basis" if personal_export

arises contains "cn.notice" if {
	personal_export
	input.purpose != "emergency"
}

arises contains "cn.separate_consent" if personal_export

arises contains "cn.pipia" if personal_export

arises contains "cn.sensitive.necessity" if {
	personal_export
	input.counts.sensitive > 0
}

arises contains "cn.guardian_consent" if {
	personal_export
	input.counts.sensitive > 0
	input.counts.under_14 > 0
}

arises contains "cn.important_data.risk_assessment" if {
	input.on >= "2025-01-01"
	abroad
	important
}

arises contains "cn.separate_consent.sensitive" if {
	personal_export
	input.counts.sensitive > 0
}

arises contains "cn.notice.after" if {
	personal_export
	input.purpose == "emergency"
}

arises contains id if {
	personal_export
	some id in {"cn.records.keep", "cn.recipient.screen", "cn.retention", "cn.security_measures"}
}

provided if input.data.personal

provided if important

arises contains id if {
	input.on >= "2025-01-01"
	abroad
	provided
	some id in {"cn.provision.contract", "cn.provision.record"}
}

arises contains "cn.incident_report" if {
	input.on >= "2024-03-22"
	abroad
	provided
}

arises contains "cn.onward" if {
	input.on >= "2024-03-22"
	personal_export
	above
}

kept_inside if input.exporter.ciio

kept_inside if input.exporter.state_organ

arises contains "cn.localisation" if {
	abroad
	input.data.personal
	kept_inside
}

arises contains "cn.representative" if {
	personal_export
	not startswith(input.exporter.registered_in, "CN")
}

arises contains id if {
	input.on >= "2025-01-01"
	abroad
	important
	some id in {"cn.important_data.officer", "cn.important_data.yearly"}
}

arises contains "cn.important_data.identify" if {
	abroad
	input.data.important == "unknown"
}

before_delivery := {
	"cn.security_assessment.declare", "cn.transfer_mechanism", "cn.lawful_basis", "cn.notice",
	"cn.separate_consent", "cn.separate_consent.sensitive", "cn.sensitive.necessity",
	"cn.guardian_consent", "cn.pipia", "cn.important_data.risk_assessment",
}

open := {id | some id in arises; not done[id]}

barred if {
	input.recipient.foreign_authority
	not "cn.authority_approval" in held
}

default verdict := "cleared"

verdict := "prohibited" if {
	barred
} else := "prohibited" if {
	pathway.pathway == "prohibited"
} else := "human_review" if {
	pathway.pathway == "human_review"
} else := "action_required" if {
	count(open & before_delivery) > 0
}

named := "prohibited" if barred

named := pathway.pathway if not barred

decision := {"pathway": named, "verdict": verdict, "open": open}
