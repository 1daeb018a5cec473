package rules

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// variable is one fact as conditions see it: a flat CEL variable whose name
// is the path of the fact. Flat, so that a condition cannot ask whether a fact
// is present: an absent fact is unknown, and every condition is monotone in it.
type variable struct {
	name string
	kind *cel.Type
	what dataspace.Text
	read func(*dataspace.Facts) ref.Val // nil: unknown
}

var listOfStrings = cel.ListType(cel.StringType)

// variables are the declared facts. Their order numbers them; it may grow.
var variables = []variable{
	{"on", cel.StringType, dataspace.Text{EN: "the day of the decision", ZH: "判定日期"},
		func(f *dataspace.Facts) ref.Val { return text(f.On) }},
	{"exporter.jurisdiction", cel.StringType, dataspace.Text{EN: "the exporter's jurisdiction", ZH: "提供方所在法域"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Exporter.Jurisdiction)) }},
	{"exporter.registered_in", cel.StringType, dataspace.Text{EN: "where the exporter is registered", ZH: "提供方注册地"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Exporter.RegisteredIn)) }},
	{"exporter.exports_from", cel.StringType, dataspace.Text{EN: "where the exporter carries out the export", ZH: "出境活动开展地"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Exporter.ExportsFrom)) }},
	{"exporter.ciio", cel.BoolType, dataspace.Text{EN: "whether the exporter operates critical information infrastructure", ZH: "提供方是否为关键信息基础设施运营者"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Exporter.CIIO) }},
	{"exporter.state_organ", cel.BoolType, dataspace.Text{EN: "whether the exporter is a state organ", ZH: "提供方是否为国家机关"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Exporter.StateOrgan) }},
	{"exporter.subjects_processed", cel.IntType, dataspace.Text{EN: "of how many people the exporter handles data in all", ZH: "提供方处理个人信息的总人数"},
		func(f *dataspace.Facts) ref.Val { return integer(f.Exporter.SubjectsProcessed) }},
	{"exporter.role", cel.StringType, dataspace.Text{EN: "whether the exporter is controller or processor", ZH: "提供方是处理者还是受托人"},
		func(f *dataspace.Facts) ref.Val { return text(f.Exporter.Role) }},
	{"recipient.jurisdiction", cel.StringType, dataspace.Text{EN: "the recipient's jurisdiction", ZH: "接收方所在法域"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Recipient.Jurisdiction)) }},
	{"recipient.registered_in", cel.StringType, dataspace.Text{EN: "where the recipient is registered", ZH: "接收方注册地"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Recipient.RegisteredIn)) }},
	{"recipient.same_group", cel.BoolType, dataspace.Text{EN: "whether exporter and recipient belong to one group", ZH: "双方是否属于同一集团"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Recipient.SameGroup) }},
	{"recipient.foreign_authority", cel.BoolType, dataspace.Text{EN: "whether the recipient is a foreign court or law-enforcement body", ZH: "接收方是否为外国司法或者执法机构"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Recipient.ForeignAuthority) }},
	{"recipient.role", cel.StringType, dataspace.Text{EN: "whether the recipient is controller or processor", ZH: "接收方是处理者还是受托人"},
		func(f *dataspace.Facts) ref.Val { return text(f.Recipient.Role) }},
	{"recipient.commercial", cel.BoolType, dataspace.Text{EN: "whether the recipient is a commercial organisation", ZH: "接收方是否为商业组织"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Recipient.Commercial) }},
	{"recipient.covered_person", cel.BoolType, dataspace.Text{EN: "whether the recipient is a covered person: owned by, or working for, a country of concern", ZH: "接收方是否为受管主体（由受关注国家控制或为其工作）"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Recipient.CoveredPerson) }},
	{"recipient.restricted", cel.BoolType, dataspace.Text{EN: "whether the recipient is on an authority's list of restricted or prohibited recipients", ZH: "接收方是否被列入限制或者禁止提供清单"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Recipient.Restricted) }},
	{"recipient.certifications", listOfStrings, dataspace.Text{EN: "the certifications the recipient holds", ZH: "接收方持有的认证"},
		func(f *dataspace.Facts) ref.Val { return list(f.Recipient.Certifications) }},
	{"recipient.onward_to", listOfStrings, dataspace.Text{EN: "the jurisdictions the recipient passes the data on to", ZH: "接收方再转移的法域"},
		func(f *dataspace.Facts) ref.Val { return list(f.Recipient.OnwardTo) }},
	{"act", cel.StringType, dataspace.Text{EN: "the act: transfer, remote access or access inside", ZH: "行为方式"},
		func(f *dataspace.Facts) ref.Val { return act(f.Act) }},
	{"sector", cel.StringType, dataspace.Text{EN: "the sector", ZH: "所属行业领域"},
		func(f *dataspace.Facts) ref.Val { return text(f.Sector) }},
	{"scenario", cel.StringType, dataspace.Text{EN: "the business scenario", ZH: "业务场景"},
		func(f *dataspace.Facts) ref.Val { return text(f.Scenario) }},
	{"purpose", cel.StringType, dataspace.Text{EN: "the purpose of the flow", ZH: "出境目的"},
		func(f *dataspace.Facts) ref.Val { return text(f.Purpose) }},
	{"ground", cel.StringType, dataspace.Text{EN: "the exception of the exporter's law that the flow relies on", ZH: "所依据的法定例外情形"},
		func(f *dataspace.Facts) ref.Val { return text(f.Ground) }},
	{"transaction", cel.StringType, dataspace.Text{EN: "the kind of deal behind the flow: data brokerage, vendor, employment, investment or other", ZH: "交易类型：数据经纪、供应商、雇佣、投资或其他"},
		func(f *dataspace.Facts) ref.Val { return text(f.Transaction) }},
	{"exemption", cel.StringType, dataspace.Text{EN: "the exemption that is claimed", ZH: "所主张的豁免条款"},
		func(f *dataspace.Facts) ref.Val { return text(f.Exemption) }},
	{"storage.place", cel.StringType, dataspace.Text{EN: "where the recipient keeps the data", ZH: "境外存储地"},
		func(f *dataspace.Facts) ref.Val { return text(string(storage(f).Place)) }},
	{"necessity_shown", cel.BoolType, dataspace.Text{EN: "whether the necessity has been shown", ZH: "是否已说明必要性"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.NecessityShown) }},
	{"hr_basis.labour_rules", cel.BoolType, dataspace.Text{EN: "whether there are lawfully made labour rules", ZH: "是否有依法制定的劳动规章制度"},
		func(f *dataspace.Facts) ref.Val { return boolean(hr(f).LabourRules) }},
	{"hr_basis.collective_contract", cel.BoolType, dataspace.Text{EN: "whether there is a lawfully signed collective contract", ZH: "是否有依法签订的集体合同"},
		func(f *dataspace.Facts) ref.Val { return boolean(hr(f).CollectiveContract) }},
	{"origin", cel.StringType, dataspace.Text{EN: "where the data was collected", ZH: "数据收集产生地（境内或境外）"},
		func(f *dataspace.Facts) ref.Val { return text(f.Origin) }},
	{"domestic_mixed", cel.BoolType, dataspace.Text{EN: "whether domestic personal or important data was brought in", ZH: "处理中是否引入境内个人信息或者重要数据"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.DomesticMixed) }},
	{"data.personal", cel.BoolType, dataspace.Text{EN: "whether the data is personal", ZH: "是否包含个人信息"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Data.Personal) }},
	{"data.elements", listOfStrings, dataspace.Text{EN: "the data elements that leave", ZH: "出境数据要素"},
		func(f *dataspace.Facts) ref.Val { return list(f.Data.Elements) }},
	{"data.list_items", listOfStrings, dataspace.Text{EN: "the items of a negative list that the data matches", ZH: "命中的负面清单数据项"},
		func(f *dataspace.Facts) ref.Val { return list(f.Data.ListItems) }},
	{"data.list_of", cel.StringType, dataspace.Text{EN: "the pack whose list the data was matched with", ZH: "所比对的清单（规则包）"},
		func(f *dataspace.Facts) ref.Val { return text(string(f.Data.ListOf)) }},
	{"data.list_confirmed", cel.BoolType, dataspace.Text{EN: "whether a person matched the data with the negative list", ZH: "是否已由专人确认与负面清单的比对结果"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Data.ListConfirmed) }},
	{"data.government_related", cel.BoolType, dataspace.Text{EN: "whether the data is government-related", ZH: "是否为政府相关数据"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Data.GovernmentRelated) }},
	{"data.important", cel.StringType, dataspace.Text{EN: "whether the data is important data", ZH: "是否为重要数据"},
		func(f *dataspace.Facts) ref.Val { return text(f.Data.Important) }},
	{"data.core", cel.BoolType, dataspace.Text{EN: "whether the data is core data", ZH: "是否为核心数据"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Data.Core) }},
	{"data.state_secret", cel.BoolType, dataspace.Text{EN: "whether the data holds state secrets", ZH: "是否涉及国家秘密"},
		func(f *dataspace.Facts) ref.Val { return boolean(f.Data.StateSecret) }},
	{"data.us_persons_stated", cel.BoolType, dataspace.Text{EN: "whether US persons are counted at all", ZH: "是否已申报美国人数据"},
		func(f *dataspace.Facts) ref.Val { return types.Bool(len(f.Data.USPersons) > 0) }},
	usPersons("human_omic_genomic", "人类基因组数据"),
	usPersons("human_omic", "其他人类组学数据"),
	usPersons("biometric_identifier", "生物识别标识"),
	usPersons("precise_geolocation", "精确地理位置"),
	usPersons("personal_health", "个人健康数据"),
	usPersons("personal_financial", "个人财务数据"),
	usPersons("covered_personal_identifier", "受管个人标识符"),
	{"counts.non_sensitive", cel.IntType, dataspace.Text{EN: "how many people's non-sensitive data left since 1 January", ZH: "自当年1月1日起累计出境的非敏感个人信息人数"},
		func(f *dataspace.Facts) ref.Val { return integer(f.Counts.NonSensitive) }},
	{"counts.sensitive", cel.IntType, dataspace.Text{EN: "how many people's sensitive data left since 1 January", ZH: "自当年1月1日起累计出境的敏感个人信息人数"},
		func(f *dataspace.Facts) ref.Val { return integer(f.Counts.SensitivePeople()) }},
	{"counts.under_14", cel.IntType, dataspace.Text{EN: "how many children under 14 are among them", ZH: "其中不满十四周岁未成年人人数"},
		func(f *dataspace.Facts) ref.Val { return integer(f.Counts.Under14) }},
	{"counts.standard", cel.StringType, dataspace.Text{EN: "the classification by which sensitive people were counted", ZH: "敏感个人信息人数的统计口径"},
		func(f *dataspace.Facts) ref.Val { return text(f.Counts.Standard) }},
	{"consent.basis", cel.StringType, dataspace.Text{EN: "the lawful basis of the processing", ZH: "处理个人信息的合法性基础"},
		func(f *dataspace.Facts) ref.Val { return text(consent(f).Basis) }},
	{"consent.separate_consent", cel.BoolType, dataspace.Text{EN: "whether separate consent was obtained", ZH: "是否已取得单独同意"},
		func(f *dataspace.Facts) ref.Val { return boolean(consent(f).SeparateConsent) }},
	{"consent.notice_given", cel.BoolType, dataspace.Text{EN: "whether the individuals were told", ZH: "是否已向个人告知"},
		func(f *dataspace.Facts) ref.Val { return boolean(consent(f).NoticeGiven) }},
	{"consent.guardian_consent", cel.BoolType, dataspace.Text{EN: "whether the guardians of children under 14 consented", ZH: "是否已取得监护人同意"},
		func(f *dataspace.Facts) ref.Val { return boolean(consent(f).GuardianConsent) }},
	{"consent.transfer_summary", cel.BoolType, dataspace.Text{EN: "whether the individuals got a written summary of how far their data will be protected abroad", ZH: "个人是否已获得境外保护程度的书面摘要"},
		func(f *dataspace.Facts) ref.Val { return boolean(consent(f).TransferSummary) }},
}

// variableIndex finds a variable's number by its name.
var variableIndex = func() map[string]int {
	m := make(map[string]int, len(variables))
	for i, v := range variables {
		m[v.name] = i
	}
	return m
}()

// unknowns holds for each variable the value that stands for "not known". CEL
// carries the identifiers of unknown values through every operator, so that
// the result of a condition names the facts it hangs on.
var unknowns = func() []ref.Val {
	u := make([]ref.Val, len(variables))
	for i, v := range variables {
		u[i] = types.NewUnknown(int64(i), types.NewAttributeTrail(v.name))
	}
	return u
}()

func usPersons(category, zh string) variable {
	return variable{"data.us_persons." + category, cel.IntType,
		dataspace.Text{EN: "how many US persons or devices of category " + category + " in the preceding 12 months (0 when there are none)", ZH: "前12个月内涉及的美国人或设备数量：" + zh + "（没有时填0）"},
		func(f *dataspace.Facts) ref.Val {
			if n, ok := f.Data.USPersons[category]; ok {
				return types.Int(n)
			}
			return nil
		}}
}

func hr(f *dataspace.Facts) dataspace.HRBasis {
	if f.HRBasis == nil {
		return dataspace.HRBasis{}
	}
	return *f.HRBasis
}

func consent(f *dataspace.Facts) dataspace.ConsentFacts {
	if f.Consent == nil {
		return dataspace.ConsentFacts{}
	}
	return *f.Consent
}

func storage(f *dataspace.Facts) dataspace.StorageFacts {
	if f.Storage == nil {
		return dataspace.StorageFacts{}
	}
	return *f.Storage
}

func text(s string) ref.Val {
	if s == "" {
		return nil
	}
	return types.String(s)
}

// act has the one default of the facts: an act that is not named is a transfer.
func act(s string) types.String {
	if s == "" {
		return types.String("transfer")
	}
	return types.String(s)
}

func boolean(b *bool) ref.Val {
	if b == nil {
		return nil
	}
	return types.Bool(*b)
}

func integer(n *int64) ref.Val {
	if n == nil {
		return nil
	}
	return types.Int(*n)
}

// list reads an empty list as unknown: the facts' JSON cannot tell the two
// apart, and a decision must replay from its JSON.
func list[S ~string](items []S) ref.Val {
	if len(items) == 0 {
		return nil
	}
	plain := make([]string, len(items))
	for i, s := range items {
		plain[i] = string(s)
	}
	return types.NewStringList(types.DefaultTypeAdapter, plain)
}
