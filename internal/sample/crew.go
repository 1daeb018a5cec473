package sample

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

const (
	crewLines = 1_500 // lines of the list: a seafarer has one for each voyage
	seafarers = 1_120
	ships     = 46
)

var crewHeader = []string{"船名", "IMO编号", "船员姓名", "Name", "护照号", "海员证号", "出生日期", "国籍", "职务", "上船港", "上船日期", "离船日期", "健康证书有效期至"}

var (
	crewRanks  = []string{"船长", "大副", "二副", "三副", "轮机长", "大管轮", "二管轮", "三管轮", "水手长", "值班水手", "值班机工", "电子电气员", "厨师", "服务员"}
	crewPorts  = []string{"CNSHA", "CNNGB", "SGSIN", "NLRTM", "USLAX", "JPYOK", "KRPUS", "AEJEA", "DEHAM", "HKHKG"}
	shipFirst  = words("沪海 HUHAI,东方 EASTERN,长风 CHANGFENG,星洲 XINGZHOU,远望 YUANWANG,海纳 HAINA")
	shipSecond = words("之星 STAR,先锋 PIONEER,和谐 HARMONY,丰收 HARVEST,晨曦 DAWN,翔宇 GLORY,启航 VOYAGER,锦绣 SPLENDOUR")
)

type ship struct{ name, imo string }

func writeCrew(w io.Writer, r *rand.Rand) error {
	out := csv.NewWriter(w)
	_ = out.Write(crewHeader) // a csv.Writer keeps its first error for Error
	c := newCrowd(r)
	fleet := make([]ship, ships)
	for i := range fleet {
		a, b := shipFirst[i%len(shipFirst)], shipSecond[i/len(shipFirst)]
		fleet[i] = ship{a.zh + b.zh + " / " + a.latin + " " + b.latin, imoNumber(9_900_00 + i*7)}
	}
	people := make([]person, seafarers)
	for i := range people {
		people[i] = c.next(1964, 2004)
	}
	for i := range crewLines {
		n := i % seafarers
		p, s := people[n], pick(r, fleet)
		on := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(150))
		_ = out.Write([]string{
			s.name, s.imo, p.name, p.pinyin,
			// Numbers of series that are not issued.
			fmt.Sprintf("E00%06d", 100_000+n*7), fmt.Sprintf("A00%06d", 200_000+n*3),
			p.birth.Format("2006-01-02"), "中国", crewRanks[n%len(crewRanks)], pick(r, crewPorts),
			on.Format("2006-01-02"), on.AddDate(0, 0, 90+r.IntN(150)).Format("2006-01-02"),
			on.AddDate(1, r.IntN(9), 0).Format("2006-01-02"),
		})
	}
	out.Flush()
	return out.Error()
}

// imoNumber adds the check digit to six digits: their sum, weighted seven down
// to two, modulo ten.
func imoNumber(six int) string {
	sum, rest := 0, six
	for weight := 2; weight <= 7; weight++ {
		sum += weight * (rest % 10)
		rest /= 10
	}
	return fmt.Sprintf("%06d%d", six, sum%10)
}
