package columnname

import "strings"

// General are words that say little at the end of a name or inside it: a
// product also has a name, a machine an address.
var General = set(`name date time type code status value count id price note level flag total number no amount
	category product message description cost city state region country pay loss paid points rank contract port stock
	file image reserve asset share layer condition test lab room tier age guest track route trip channel chart temp
	click link party school degree school owner contact order account card key pin secret token address phone tel
	title line goods quantity qty face portrait gene lead wage drug dose retention child minor school track cargo
	pressure race hp sn sid ua pan tin fin bic pol pod paid hull depth deposit loan debt heading depth transaction
	payment tax race treaty handle sku brand inventory share station union guardian job
	nombre nom nome nama naam namn telefon telefono teléfono adresse dirección direccion
	客户名称 编号 名称 类型 状态 日期 时间 金额 数量 单位 代码 标志 级别 序号 职务 商品 价格 图片 说明 号码 合约
	客戶名稱 編號 名稱 類型 狀態 時間 金額 數量 單位 代碼 標誌 級別 序號 職務 價格 圖片 說明 號碼 合約`)

// Person words before "name", "id" and similar words mean a person.
var Person = set(`customer client user member employee emp staff worker person people patient passenger guest
	driver student teacher doctor nurse buyer seller holder owner contact applicant insured beneficiary subscriber
	account crew seafarer visitor recipient receiver consignee sender agent candidate tenant borrower player author
	pax assignee requester requestor admin administrator operator handler approver auditor reviewer creator editor
	cust usr mbr passenger traveler traveller donor resident citizen participant learner guardian father mother
	spouse husband wife kin reporter caller complainant claimant investigator physician surgeon clinician
	inspector planner leader supervisor officer moderator salesperson cashier rider lecturer tutor instructor coach
	technician engineer consultant attendee delegate witness shareholder director payee payer cardholder
	policyholder borrower guarantor trainee trainer actor interviewer interviewee recruiter
	用户 客户 员工 会员 患者 学生 旅客 乘客 买家 卖家 司机 职工 学员 访客 用戶 客戶 員工 會員 學生 買家 賣家 司機 職工 學員 訪客
	收货人 收件人 寄件人 发货人 联系人 申请人 投保人 被保险人 被保人 受益人 担保人 借款人 监护人 家长 教师 老师 医生 医师 护士
	收貨人 收件人 寄件人 發貨人 聯繫人 聯絡人 申請人 投保人 被保險人 擔保人 借款人 監護人 家長 教師 老師 醫生 醫師 護士
	操作人 操作员 经办人 负责人 审核人 业务员 操作員 經辦人 負責人 審核人 業務員`)

// persons are last words of names of tables whose rows are people, although the
// same word before "id" means no person's number.
var persons = set(`address contact recipient 地址 收货地址 联系人 通讯录 地址簿 收貨地址 聯絡人 通訊錄`)

// Thing words before "name" mean a thing.
var Thing = set(`product file vessel ship company org organization organisation city country state region
	brand item goods sku category department dept school bank host domain table column field event project app
	application service device model plan station port store shop branch hotel street road district province
	group role job task type level tier grade rule setting config class package course book song movie menu page site server database schema variable
	display nick user business firm vendor supplier manufacturer process channel coupon ad advert template
	drug disease attribute attr param parameter property album topic subject tag label term ward bed exam lab
	machine equipment instrument tool line monster skill quest mission weapon armor armour map scene warehouse depot
	storage carrier vehicle truck car train flight terminal sensor part material bom chapter lesson unit question paper
	dict dictionary config configuration option notice announcement article post page news link banner macro template
	language campaign opportunity forum board film video game recipe dish food ingredient industry currency team club league
	airport airline museum building shelf bin batch document folder report dashboard metric alarm alert plugin theme widget
	feature version merchant cluster queue bucket section module function resource permission menu position grade tariff package parcel container commodity quiz
	商品 产品 公司 企业 单位 文件 品牌
	城市 分类 活动 门店 店铺 属性 专题 菜单 角色 资源 优惠券 模板 系统 部门 岗位 项目 组织 產品 單位 分類 活動 門店 店鋪
	屬性 專題 菜單 資源 優惠券 系統 部門 崗位 項目 組織`)

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// Subject reports whether the rows of a table are people, by the last word of
// the table's name that says so. known is false if none does.
func Subject(table string) (person, known bool) {
	words := Words(table)
	for i := len(words) - 1; i >= 0; i-- {
		for _, w := range [...]string{words[i], strings.TrimSuffix(words[i], "s"), strings.TrimSuffix(words[i], "ies") + "y"} {
			if person := Person[w] || persons[w]; person != Thing[w] {
				return person, true
			}
		}
	}
	return false, false
}
