package sample

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

const (
	policies = 2_000
	insured  = 1_743 // some people have more than one policy
)

var portfolioHeader = []string{"保单号", "被保险人", "身份证号", "出生日期", "性别", "险种", "保险金额", "年缴保费", "核保健康结论", "再保险合约", "分出比例", "起保日期"}

var (
	lifeProducts = []string{"定期寿险", "终身寿险", "两全保险", "重大疾病保险", "年金保险"}
	treaties     = []string{"LIFE-2024-QS-01", "LIFE-2024-SP-02", "LIFE-2025-QS-01", "LIFE-2025-CI-03", "LIFE-2026-QS-01"}
	// Most are standard lives; the others pay a higher premium for medical
	// reasons.
	healthClasses = []string{"标准体", "标准体", "标准体", "标准体", "优选体", "优选体", "次标准体：高血压", "次标准体：血糖偏高", "次标准体：甲状腺结节", "次标准体：乙肝携带", "延期：待复查心电图"}
)

func writePortfolio(w io.Writer, r *rand.Rand) error {
	gb := transform.NewWriter(w, simplifiedchinese.GB18030.NewEncoder())
	out := csv.NewWriter(gb)
	out.UseCRLF = true             // as core systems export it
	_ = out.Write(portfolioHeader) // a csv.Writer keeps its first error for Error
	c := newCrowd(r)
	people := make([]person, insured)
	for i := range people {
		people[i] = c.next(1948, 2005)
	}
	for i := range policies {
		p := people[i%insured]
		if i >= insured {
			p = pick(r, people)
		}
		_ = out.Write(policy(r, i, p))
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return gb.Close()
}

func policy(r *rand.Rand, i int, p person) []string {
	sex := "女"
	if p.male {
		sex = "男"
	}
	sum := (1 + r.IntN(60)) * 50_000
	perMille := 2 + r.IntN(18)
	start := 2018 + r.IntN(9)
	return []string{
		fmt.Sprintf("P%d31%08d", start, 1_204_417+i*13),
		p.name, p.id, p.birth.Format("2006-01-02"), sex,
		pick(r, lifeProducts), strconv.Itoa(sum),
		fmt.Sprintf("%d.%02d", sum*perMille/1000, r.IntN(100)),
		pick(r, healthClasses), pick(r, treaties),
		strconv.Itoa(20+10*r.IntN(7)) + "%",
		fmt.Sprintf("%d-%02d-%02d", start, 1+r.IntN(8), 1+r.IntN(28)),
	}
}
