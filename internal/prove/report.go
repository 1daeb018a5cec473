package prove

import (
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// Report says what a verification proved.
type Report struct {
	OK      bool                `json:"ok"`
	Flow    dataspace.FlowID    `json:"flow,omitempty"`
	Gateway dataspace.GatewayID `json:"gateway,omitempty"` // whose log it is
	Lines   []Line              `json:"lines"`             // in the order of checking; the last may have failed
	Keys    []KeyUse            `json:"keys,omitempty"`
	// Checkpoint is the part of the log that the other side has seen, and
	// Cosigned is when it saw it. Give Checkpoint to later verifications as
	// Trust.Heads: they then detect a log that shows two histories.
	Checkpoint tlog.Checkpoint `json:"-"`
	Cosigned   time.Time       `json:"cosigned,omitzero"`
	Statement  *Statement      `json:"statement,omitempty"` // what both sides signed
	Said       []SaidColumn    `json:"said,omitempty"`      // what people say of columns
}

// Line is one thing that was checked.
type Line struct {
	OK    bool           `json:"ok"`
	Place string         `json:"place"`
	Text  dataspace.Text `json:"text"`
}

// KeyUse is a key that the waybill depends on. If the caller does not trust the
// key itself, it is only as trustworthy as the log that commits to it.
type KeyUse struct {
	Key         string `json:"key"` // vkey
	Fingerprint string `json:"fingerprint"`
	Trusted     bool   `json:"trusted"`
}

func text(en, zh string) dataspace.Text { return dataspace.Text{EN: en, ZH: zh} }

func (v *verifier) ok(place string, t dataspace.Text) {
	v.report.Lines = append(v.report.Lines, Line{OK: true, Place: place, Text: t})
}

// failed adds the line of the first check that fails.
func (v *verifier) failed(err error) {
	line := Line{Place: "file", Text: text("Does not hold: "+err.Error()+".", "不成立："+err.Error()+"。")}
	if p, ok := err.(*dataspace.Problem); ok { //nolint:errorlint // made by problem, never wrapped
		line.Place = p.Place
		if zh, ok := chinese[p.Code]; ok {
			line.Text.ZH = "不成立：" + zh + "（" + p.Place + "）。"
		}
	}
	v.report.Lines = append(v.report.Lines, line)
}

// chinese gives the Chinese text of each code.
var chinese = map[string]string{
	"waybill.form":        "文件不是完整、未经改动的运单",
	"waybill.entry":       "日志记录无法读取或不属于本运单",
	"waybill.order":       "记录的先后顺序不符",
	"waybill.missing":     "缺少必需的记录或文件",
	"waybill.document":    "文件内容与其摘要不符",
	"waybill.commitment":  "文件与日志记录的承诺不符",
	"waybill.key":         "密钥不在您信任的密钥之列，或无法读取",
	"waybill.proof":       "日志证明不成立",
	"waybill.signature":   "检查点缺少有效的日志签名",
	"waybill.cosignature": "检查点缺少对方见证者的会签",
	"waybill.fork":        "日志出现分叉",
	"waybill.said":        "可自证的内容被个人说明排除，或列的用法无说明依据",
	"waybill.declared":    "年度声明缺失、与日志不符或者当日无效",
	"waybill.decision":    "判定不允许该流转，或与事实不符",
	"waybill.link":        "各文件之间的关联不符",
	"waybill.receipt":     "回执没有双方的有效签名",
	"waybill.file":        "数据文件与回执不符",
}

func problem(code, place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrEvidence, Code: code, Place: place, Message: message, Err: err}
}
