package sample

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

const (
	hotelStays   = 13_000
	hotelMembers = 11_800
)

var hotelHeader = []string{"会员卡号", "姓名", "手机号", "电子邮箱", "生日", "会员等级", "酒店", "入住日期", "离店日期", "房型", "消费金额"}

var (
	hotelHouses = []string{"外滩店", "陆家嘴店", "虹桥店", "静安寺店", "临港店", "佘山店", "徐家汇店", "国际旅游度假区店"}
	hotelRooms  = []string{"大床房", "双床房", "行政套房", "家庭房", "江景房"}
	hotelLevels = []string{"蓝卡", "蓝卡", "蓝卡", "银卡", "银卡", "金卡", "白金卡"}
)

func writeHotel(w io.Writer, r *rand.Rand) error {
	out := csv.NewWriter(w)
	_ = out.Write(hotelHeader) // a csv.Writer keeps its first error for Error
	c := newCrowd(r)
	people := make([]person, hotelMembers)
	for i := range people {
		people[i] = c.next(1955, 2005)
	}
	for i := range hotelStays {
		n := i % hotelMembers
		p := people[n]
		in := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(150))
		nights := 1 + r.IntN(5)
		_ = out.Write([]string{
			"HM" + strconv.Itoa(80_000_000+n*11), p.name, p.mobile, p.email, p.birth.Format("2006-01-02"),
			hotelLevels[n%len(hotelLevels)], pick(r, hotelHouses), in.Format("2006-01-02"), in.AddDate(0, 0, nights).Format("2006-01-02"),
			pick(r, hotelRooms), fmt.Sprintf("%d.00", nights*(480+r.IntN(2200))),
		})
	}
	out.Flush()
	return out.Error()
}
