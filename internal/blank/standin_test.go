package blank_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the stand-ins anew")

// notice stands on every page of a stand-in.
const notice = "样式示例，非官方文本 / stand-in, not an official text"

// standins are forms in the manner of two word processors. They are no official
// texts: their words were written for these tests.
var standins = map[string]func() []byte{
	"contract-standin.docx":      wordContract,
	"authorization-standin.docx": wordAuthorization,
	"declaration-standin.docx":   wpsDeclaration,
	"commitment-standin.docx":    wpsCommitment,
}

const standinFolder = "../../docs/tutorial/forms"

// The stand-ins of the tutorials are those that are written here.
func TestStandins(t *testing.T) {
	for name, make := range standins {
		path := filepath.Join(filepath.FromSlash(standinFolder), name)
		want := make()
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what is written here; go test ./internal/blank -run Standins -update", name)
		}
	}
}

// docx zips the parts of a document in order.
func docx(parts ...[2]string) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p[0], Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"

const relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// parts are those around a document.
func partsOf(root, header, footer, styles string) []byte {
	const w = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	return docx(
		[2]string{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>`},
		[2]string{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relType + `officeDocument" Target="word/document.xml"/></Relationships>`},
		[2]string{"word/document.xml", xmlHead + root},
		[2]string{"word/_rels/document.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relType + `styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + relType + `header" Target="header1.xml"/><Relationship Id="rId3" Type="` + relType + `footer" Target="footer1.xml"/></Relationships>`},
		[2]string{"word/header1.xml", xmlHead + `<w:hdr` + w + `>` + header + `</w:hdr>`},
		[2]string{"word/footer1.xml", xmlHead + `<w:ftr` + w + `>` + footer + `</w:ftr>`},
		[2]string{"word/styles.xml", xmlHead + `<w:styles` + w + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="` + styles + `"/><w:sz w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>`},
	)
}

// word writes paragraphs as a well-known word processor does: each change of the
// language or of the spelling splits a run, marks of the spelling and bookmarks
// stand between, and every element has numbers of its revision.
type word struct {
	strings.Builder
	n, mark int
}

const look = `<w:rPr><w:rFonts w:ascii="仿宋" w:eastAsia="仿宋" w:hAnsi="仿宋" w:hint="eastAsia"/><w:sz w:val="24"/></w:rPr>`

const underlined = `<w:rPr><w:rFonts w:ascii="仿宋" w:eastAsia="仿宋" w:hAnsi="仿宋" w:hint="eastAsia"/><w:sz w:val="24"/><w:u w:val="single"/></w:rPr>`

// runs splits a text into runs of three characters. A piece between ‹ and › is
// underlined.
func (w *word) runs(text string) string {
	var b strings.Builder
	look := look
	var piece []rune
	flush := func() {
		if len(piece) == 0 {
			return
		}
		w.n++
		if w.n%4 == 0 {
			b.WriteString(`<w:proofErr w:type="spellStart"/>`)
		}
		fmt.Fprintf(&b, `<w:r w:rsidR="00A1%04X" w:rsidRPr="00B2%04X">%s`, w.n, w.n, look)
		for i, part := range strings.Split(string(piece), "\t") {
			if i > 0 {
				b.WriteString(`<w:tab/>`)
			}
			if part != "" {
				b.WriteString(`<w:t xml:space="preserve">` + part + `</w:t>`)
			}
		}
		b.WriteString(`</w:r>`)
		if w.n%4 == 0 {
			b.WriteString(`<w:proofErr w:type="spellEnd"/>`)
		}
		if w.n%7 == 0 {
			w.mark++
			fmt.Fprintf(&b, `<w:bookmarkStart w:id="%d" w:name="_GoBack%d"/><w:bookmarkEnd w:id="%d"/>`, w.mark, w.mark, w.mark)
		}
		piece = nil
	}
	for _, r := range text {
		switch r {
		case '‹', '›':
			flush()
			look = map[rune]string{'‹': underlined, '›': `<w:rPr><w:rFonts w:ascii="仿宋" w:eastAsia="仿宋" w:hAnsi="仿宋" w:hint="eastAsia"/><w:sz w:val="24"/></w:rPr>`}[r]
		default:
			if piece = append(piece, r); len(piece) == 3 {
				flush()
			}
		}
	}
	flush()
	return b.String()
}

func (w *word) p(text string) {
	w.WriteString(w.paragraph(text, ""))
}

func (w *word) paragraph(text, more string) string {
	w.n++
	return fmt.Sprintf(`<w:p w14:paraId="%08X" w:rsidR="00C3%04X" w:rsidRDefault="00C3%04X"><w:pPr><w:spacing w:line="440" w:lineRule="exact"/>%s%s</w:pPr>`, w.n, w.n, w.n, more, look) + w.runs(text) + `</w:p>`
}

// table writes rows of cells; "^" continues the cell above, "<" the cell to the
// left, and "" is an empty cell.
func (w *word) table(rows ...[]string) {
	w.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="8900" w:type="dxa"/>` + borders + `</w:tblPr><w:tblGrid>`)
	columns := len(rows[0])
	for range columns {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, 8900/columns)
	}
	w.WriteString(`</w:tblGrid>`)
	for i, row := range rows {
		w.WriteString(`<w:tr w:rsidR="00D40001"><w:trPr><w:trHeight w:val="480"/></w:trPr>`)
		for j := 0; j < len(row); j++ {
			span := 1
			for j+span < len(row) && row[j+span] == "<" {
				span++
			}
			merge := ""
			switch {
			case row[j] == "^":
				merge = `<w:vMerge/>`
			case i+1 < len(rows) && rows[i+1][j] == "^":
				merge = `<w:vMerge w:val="restart"/>`
			}
			grid := ""
			if span > 1 {
				grid = fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, span)
			}
			fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s%s</w:tcPr>`, span*8900/columns, grid, merge)
			text := row[j]
			if text == "^" {
				text = ""
			}
			w.WriteString(w.paragraph(text, "") + `</w:tc>`)
			j += span - 1
		}
		w.WriteString(`</w:tr>`)
	}
	w.WriteString(`</w:tbl>`)
}

const borders = `<w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:left w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:right w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tblBorders>`

// box is a box to tick that is a content control.
func (w *word) box(label string) string {
	w.n++
	return fmt.Sprintf(`<w:sdt><w:sdtPr>%s<w:id w:val="%d"/><w14:checkbox><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/><w:sz w:val="24"/></w:rPr><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>`, look, w.n) + w.runs(label)
}

// held is a content control that shows what to enter.
func (w *word) held(alias string) string {
	w.n++
	return fmt.Sprintf(`<w:sdt><w:sdtPr>%s<w:alias w:val="%s"/><w:tag w:val=""/><w:id w:val="%d"/><w:placeholder><w:docPart w:val="DefaultPlaceholder"/></w:placeholder><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rStyle w:val="a"/></w:rPr><w:t>单击或点击此处输入文字。</w:t></w:r></w:sdtContent></w:sdt>`, look, alias, w.n)
}

func (w *word) document() []byte {
	const root = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"><w:body>`
	return partsOf(root+w.String()+`<w:sectPr w:rsidR="00D40001"><w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1500" w:bottom="1440" w:left="1500" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>`,
		`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:color w:val="C00000"/><w:sz w:val="18"/></w:rPr><w:t>`+notice+`</w:t></w:r></w:p>`,
		`<w:p><w:r><w:t xml:space="preserve">备案单位：</w:t></w:r><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t xml:space="preserve">          </w:t></w:r></w:p>`, "仿宋")
}

// wordContract is in the manner of a contract: parties, clauses with blanks in
// their sentences, boxes in lines of their own, an appendix.
func wordContract() []byte {
	w := &word{}
	w.p("跨境提供个人信息合同（样式示例）")
	w.p("个人信息处理者：________________________")
	w.p("地址：____________________________")
	w.p("联系方式：________________")
	w.p("联系人：__________  职务：__________")
	w.p("境外接收方：‹\t\t›")
	w.p("地址：‹\t\t\t›")
	w.p("联系方式：‹                    ›")
	w.p("联系人：‹          ›  职务：‹          ›")
	w.p("双方就个人信息的跨境提供达成一致，相关商业合同为‹            ›（商业合同名称，如有）。本合同自____年____月____日起生效。")
	w.p("第二条 个人信息处理者的义务")
	w.p("境外接收方采取如下技术和管理措施：")
	w.p("________________________________________")
	w.p("第六条 个人信息主体的请求")
	w.p("答复询问的联系人：________________")
	w.p("办公电话或电子邮箱：________________")
	w.p("第九条 其他")
	w.p("通知在寄出后第____日视为送达。")
	w.WriteString(`<w:p><w:pPr>` + look + `</w:pPr>` + w.runs("争议解决：") + w.box("仲裁 ") + w.box("诉讼") + `</w:p>`)
	w.p("选择仲裁的，提交下列机构：")
	for _, body := range []string{"中国国际经济贸易仲裁委员会", "中国海事仲裁委员会", "北京仲裁委员会（北京国际仲裁中心）", "上海国际仲裁中心"} {
		w.WriteString(`<w:p><w:pPr>` + look + `</w:pPr>` + w.box(body) + `</w:p>`)
	}
	w.p("仲裁地点：________________")
	w.p("管辖法院：________________")
	w.p("本合同一式____份，双方各执____份。")
	w.p("附录一 个人信息出境说明")
	w.table(
		[]string{"项目", "<", "内容", "<"},
		[]string{"处理目的", "<", "", "<"},
		[]string{"处理方式", "<", "", "<"},
		[]string{"规模", "出境个人信息的规模", "", "<"},
		[]string{"^", "其中敏感个人信息人数", "", "<"},
		[]string{"出境个人信息种类", "<", "", "<"},
		[]string{"出境敏感个人信息种类", "<", "", "<"},
		[]string{"传输方式", "<", "", "<"},
		[]string{"境外保存起始日期", "    年  月  日", "境外保存截止日期", "    年  月  日"},
		[]string{"出境后保存地点", "<", "", "<"},
		[]string{"是否包含敏感个人信息", "<", "□是  □否", "<"},
	)
	w.p("数据项清单")
	rows := [][]string{{"序号", "数据项名称", "内容描述", "备注"}}
	for range 14 {
		rows = append(rows, []string{"", "", "", ""})
	}
	w.table(rows...)
	w.WriteString(`<w:p><w:pPr>` + look + `</w:pPr>` + w.runs("签订地点和日期：") + w.held("签订地点和日期") + `</w:p>`)
	w.p("个人信息处理者（盖章）：              境外接收方（盖章）：")
	w.p("法定代表人（签字）：‹            ›")
	w.p("日期：    年   月   日")
	return w.document()
}

// wordAuthorization is in the manner of a letter: blanks within sentences.
func wordAuthorization() []byte {
	w := &word{}
	w.p("授权委托书（样式示例）")
	w.p("委托单位：‹                        ›（公司名称）")
	w.p("统一社会信用代码：________________________")
	w.p("兹授权‹        ›（职务：‹        ›，身份证件号码：‹                    ›，联系电话：‹              ›）为我单位经办人，办理下列事项。")
	w.p("授权事项：________________________________")
	w.p("授权期限自____年____月____日起。授权截止日期：____年____月____日。")
	w.p("传真：________________")
	w.p("法定代表人（签字）：‹            ›")
	w.p("单位（盖章）")
	w.p("日期：    年   月   日")
	return w.document()
}

// wps writes paragraphs as another word processor does: whole texts in one run,
// other prefixes of names, boxes of a font of signs, brackets for blanks.
type wps struct{ strings.Builder }

const wpsLook = `<x:rPr><x:rFonts x:hint="eastAsia" x:ascii="宋体" x:hAnsi="宋体" x:eastAsia="宋体" x:cs="宋体"/><x:kern x:val="0"/><x:szCs x:val="21"/><x:lang x:val="en-US" x:eastAsia="zh-CN"/></x:rPr>`

const sign = `<x:sym x:font="Wingdings 2" x:char="00A3"/>`

func (w *wps) text(text string) string {
	var b strings.Builder
	for i, piece := range strings.Split(text, "□") {
		if i > 0 {
			b.WriteString(`<x:r>` + wpsLook + sign + `</x:r>`)
		}
		if piece != "" {
			b.WriteString(`<x:r>` + wpsLook + `<x:t xml:space='preserve'>` + strings.ReplaceAll(piece, "&", "&#38;") + `</x:t></x:r>`)
		}
	}
	return b.String()
}

func (w *wps) p(text string) {
	w.WriteString(`<x:p><x:pPr><x:ind x:firstLine="480"/>` + wpsLook + `</x:pPr>` + w.text(text) + `</x:p>`)
}

func (w *wps) table(widths []int, rows ...[]string) {
	w.WriteString(`<x:tbl><x:tblPr><x:tblStyle x:val="a"/><x:tblW x:w="0" x:type="auto"/>` + strings.ReplaceAll(borders, "w:", "x:") + `<x:tblLayout x:type="fixed"/></x:tblPr><x:tblGrid>`)
	for _, n := range widths {
		fmt.Fprintf(w, `<x:gridCol x:w="%d"/>`, n)
	}
	w.WriteString(`</x:tblGrid>`)
	for i, row := range rows {
		w.WriteString(`<x:tr>`)
		for j := 0; j < len(row); j++ {
			span := 1
			for j+span < len(row) && row[j+span] == "<" {
				span++
			}
			merge := ""
			switch {
			case row[j] == "^":
				merge = `<x:vMerge x:val="continue"/>`
			case i+1 < len(rows) && rows[i+1][j] == "^":
				merge = `<x:vMerge x:val="restart"/>`
			}
			width := 0
			for k := range span {
				width += widths[j+k]
			}
			fmt.Fprintf(w, `<x:tc><x:tcPr><x:tcW x:w="%d" x:type="dxa"/><x:gridSpan x:val="%d"/>%s<x:noWrap x:val="0"/><x:vAlign x:val="center"/></x:tcPr>`, width, span, merge)
			switch {
			case row[j] == "" || row[j] == "^":
				w.WriteString(`<x:p/>`)
			default:
				for _, line := range strings.Split(row[j], "\n") {
					w.WriteString(`<x:p><x:pPr><x:jc x:val="left"/></x:pPr>` + w.text(line) + `</x:p>`)
				}
			}
			w.WriteString(`</x:tc>`)
			j += span - 1
		}
		w.WriteString(`</x:tr>`)
	}
	w.WriteString(`</x:tbl>`)
}

func (w *wps) document() []byte {
	const root = `<x:document xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wpsCustomData="http://www.wps.cn/officeDocument/2013/wpsCustomData"><x:body>`
	return partsOf(root+w.String()+`<x:sectPr><x:headerReference r:id="rId2" x:type="default"/><x:footerReference r:id="rId3" x:type="default"/><x:pgSz x:w="11906" x:h="16838"/><x:pgMar x:top="1440" x:right="1200" x:bottom="1440" x:left="1200" x:header="851" x:footer="992" x:gutter="0"/></x:sectPr></x:body></x:document>`,
		`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:color w:val="C00000"/></w:rPr><w:t>`+notice+`</w:t></w:r></w:p>`,
		`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>第</w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t>页</w:t></w:r></w:p>`, "宋体")
}

// wpsDeclaration is in the manner of a declaration: one large table with merged
// cells, and boxes.
func wpsDeclaration() []byte {
	w := &wps{}
	w.p("数据出境安全评估申报书（样式示例）")
	w.table([]int{1500, 1700, 2200, 1800, 2200},
		[]string{"一、数据处理者基本情况", "<", "<", "<", "<"},
		[]string{"单位名称", "", "<", "<", "<"},
		[]string{"单位性质", "", "<", "所属行业", ""},
		[]string{"统一社会信用代码", "", "<", "员工数量", ""},
		[]string{"注册地址", "", "<", "<", "<"},
		[]string{"是否为关键信息基础设施运营者", "<", "□是　　□否", "<", "<"},
		[]string{"法定代表人", "姓名", "", "职务", ""},
		[]string{"^", "国籍", "", "联系电话", ""},
		[]string{"^", "证件类型", "", "证件号码", ""},
		[]string{"数据安全负责人", "姓名", "", "职务", ""},
		[]string{"^", "联系电话", "", "电子邮箱", ""},
		[]string{"数据安全管理机构", "名称：（　　　　　　）　人数：（　　）", "<", "<", "<"},
		[]string{"经办人", "姓名", "", "职务", ""},
		[]string{"^", "证件类型", "", "证件号码", ""},
		[]string{"^", "联系电话", "", "电子邮箱", ""},
		[]string{"二、拟出境数据情况", "<", "<", "<", "<"},
		[]string{"场景概述", "", "<", "<", "<"},
		[]string{"出境数据类型", "（  ）个人信息  （  ）重要数据  （  ）重要数据和个人信息", "<", "<", "<"},
		[]string{"是否包含敏感个人信息", "<", "□是　　□否", "<", "<"},
		[]string{"出境目的", "", "<", "<", "<"},
		[]string{"三、境外接收方基本情况", "<", "<", "<", "<"},
		[]string{"名称", "", "<", "所在国家或地区", ""},
		[]string{"主营业务", "", "<", "<", "<"},
		[]string{"负责人", "", "<", "负责人职务", ""},
		[]string{"地址", "", "<", "<", "<"},
		[]string{"四、受理部门意见", "<", "<", "<", "<"},
		[]string{"受理意见", "", "<", "联系电话", ""},
	)
	w.p("本单位承诺：所提交的材料真实、完整、有效。")
	w.p("法定代表人（签字）：____________　　单位（盖章）：____________")
	w.p("　　　　年　　月　　日")
	return w.document()
}

// wpsCommitment is in the manner of a letter with brackets.
func wpsCommitment() []byte {
	w := &wps{}
	w.p("承诺书（样式示例）")
	w.p("承诺单位：（　　　　　　　　　　　　）")
	w.p("统一社会信用代码：【　　　　　　　　　　】")
	w.p("注册地址：")
	w.p("本单位承诺如下：")
	w.p("1. 所提交的材料真实、完整、有效；")
	w.p("2. 配合主管部门的监督 &管理。")
	w.p("经办人：＿＿＿＿＿＿　　联系电话：＿＿＿＿＿＿")
	w.p("法定代表人（签字）：")
	w.p("　　　　年　　月　　日")
	return w.document()
}
