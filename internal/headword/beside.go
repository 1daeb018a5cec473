package headword

import (
	"strings"

	"hutong/internal/columnname"
)

// Flag reports whether a name is of a mark beside something, and not of the
// thing itself: "is_default_address", "phone_verified", "是否默认地址".
func Flag(name string) bool {
	tokens := tokenize(name)
	if len(tokens) == 0 {
		return false
	}
	first, last := tokens[0], tokens[len(tokens)-1]
	if strings.HasPrefix(first, "是否") || strings.HasSuffix(last, "标志") || strings.HasSuffix(last, "标识位") || strings.HasSuffix(last, "標誌") {
		return true
	}
	return len(tokens) > 1 && (marksBefore[first] || marksAfter[last])
}

var (
	marksBefore = wordSet(`is has allow enable need show hide`)
	marksAfter  = wordSet(`flag verified status count counts enabled visible required confirmed`)
)

// Someone reports whether a name says who did something to the row, by a name or
// a number: "signed_by", "approver", "交班人", "收银员". It is office if that is
// what the staff of an office, a store or a workshop does.
func Someone(name string) (is, office bool) {
	tokens := tokenize(name)
	if n := len(tokens); n > 2 && ofPerson[tokens[n-1]] {
		tokens = tokens[:n-1] // "create_user_id"
	}
	if len(tokens) == 0 {
		return false, false
	}
	last, before := tokens[len(tokens)-1], ""
	if len(tokens) > 1 {
		before = tokens[len(tokens)-2]
	}
	switch {
	case last == "by":
		office = officeWords[before] || officeWords[strings.TrimSuffix(before, "d")] || officeWords[strings.TrimSuffix(before, "ed")]
		return office || strings.HasSuffix(before, "ed") && !byThings[before] || byPeople[before], office
	case len(tokens) == 2 && whoever[last] && (officeWords[before] || last == "user" && deeds[before]):
		return true, officeWords[before]
	case persons[last] && len(tokens) <= 3:
		return true, true
	}
	for _, end := range []string{"人员", "人員", "人", "员", "員"} {
		head, ok := strings.CutSuffix(last, end)
		if !ok || !columnname.HasChinese(head) || len(head) < len("交班") || len(head) > len("安全生产") || nobody[last] {
			continue
		}
		for w := range officeWords {
			office = office || w[0] >= 0x80 && strings.HasSuffix(head, w)
		}
		return true, office && !strings.HasPrefix(head, "被") || end != "人"
	}
	return false, false
}

var (
	ofPerson    = wordSet(`id no name code`)
	whoever     = wordSet(`man user person staff emp`)
	deeds       = wordSet(`apply use sign host request submit report join attend invite buy pay order book borrow rent follow like share click visit bind recommend`)
	persons     = wordSet(`author editor creator approver auditor reviewer assignee inspector planner physician surgeon lecturer teacher cashier salesperson supervisor drafter officer moderator`)
	officeWords = wordSet(`create update modify modifi approve audit check verify verifi vertify handle operate oper maintain manage prescribe confirm enter input record review examine
		delete issue count inspect assign process close publish edit post upload import measure test calibrate repair pack pick load enter register archive lock prepare acknowledge resolve accept receive draft reject cancel complete finish open start stop edit
		审核 复核 審核 復核 盘点 盤點 操作 处理 處理 经办 經辦 录入 錄入 维护 維護 制单 審批 审批 交班 接班 值班 巡检 巡檢 质检 質檢 检验 檢驗 验收 驗收 采购 採購
		领料 發放 发放 登记 登記 修改 更新 创建 創建 添加 上传 負責 负责 保管 管理 跟进 跟進 对接 编辑 發布 发布 起草 开票 複查 复查 检查 檢查 测试 測試 设计 設計 记录 記錄 填报 填表 经手 經手`)
	byPeople = wordSet(`sent seen written drawn taken given paid made done led held sold bought`)
	byThings = wordSet(`ordered sorted grouped partitioned powered manufactured supplied produced distributed licensed sponsored multiplied divided caused affected followed owned`)
	nobody   = wordSet(`机器人 機器人 未成年人 成年人 残疾人 殘疾人 老年人 年轻人 自然人 家庭成员 家庭成員`)
)
