package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hutong/internal/people"
)

// crowd makes tables of people who are known to be different.
type crowd struct {
	maker
	seen map[string]bool
}

// other is a value that no earlier call gave.
func (c crowd) other(value func() string) string {
	for {
		if v := value(); !c.seen[v] {
			c.seen[v] = true
			return v
		}
	}
}

func (c crowd) id() string     { return c.other(func() string { return resident(c.maker) }) }
func (c crowd) phone() string  { return c.other(c.mobile) }
func (c crowd) mail() string   { return c.other(c.email) }
func (c crowd) person() string { return c.other(c.nameZH) }

// made is a table, or several of one exporter, and how many people it is about.
type made struct {
	tables [][]column
	people int
	// numbered says that everybody has a valid national number.
	numbered bool
}

// rows makes a table of n rows.
func rows(header string, n int, row func(i int) []string) []column {
	var out []column
	for _, name := range strings.Split(header, ",") {
		out = append(out, column{name: name})
	}
	for i := range n {
		for j, v := range row(i) {
			out[j].values = append(out[j].values, v)
		}
	}
	return out
}

func one(people int, numbered bool, t []column) made {
	return made{[][]column{t}, people, numbered}
}

// crowds are the tables, by what they are about.
func crowds() map[string]func(c crowd) made {
	out := map[string]func(c crowd) made{}
	for _, list := range []map[string]func(c crowd) made{rolesOf(), subjectsOf(), sharedOf(), hiddenOf(), spelledOf()} {
		for name, t := range list {
			out[name] = t
		}
	}
	return out
}

// rolesOf are tables whose rows are about several people.
func rolesOf() map[string]func(c crowd) made {
	return map[string]func(c crowd) made{
		"borrower and guarantor": func(c crowd) made {
			return one(400, true, rows("贷款编号,借款人,借款人证件号码,保证人,保证人证件号码", 200, func(i int) []string {
				return []string{fmt.Sprint("DK", 1000+i), c.person(), c.id(), c.person(), c.id()}
			}))
		},
		"holder and insured": func(c crowd) made {
			return one(400, true, rows("policy_no,holder_name,holder_id_card,insured_name,insured_id_card", 200, func(i int) []string {
				return []string{fmt.Sprint("P", i), c.person(), c.id(), c.person(), c.id()}
			}))
		},
		"holder, insured and beneficiary, some the same": func(c crowd) made {
			ids := many(300, c.id)
			return one(300, true, rows("投保人身份证号,被保险人身份证号,受益人身份证号", 100, func(i int) []string {
				return []string{ids[i], ids[100+i], ids[200+i]}
			}))
		},
		"borrowers who guarantee others": func(c crowd) made {
			ids := many(200, c.id)
			return one(200, true, rows("借款人身份证号,担保人身份证号", 200, func(i int) []string { return []string{ids[i], ids[(i+7)%200]} }))
		},
		"employee and emergency contact": func(c crowd) made {
			return one(400, false, rows("工号,姓名,身份证号,紧急联系人,紧急联系人电话", 200, func(i int) []string {
				return []string{fmt.Sprint(10000 + i), c.person(), c.id(), c.person(), c.phone()}
			}))
		},
		"crew list with few emergency telephones": func(c crowd) made {
			phones := many(100, c.phone)
			return one(500, false, rows("姓名,护照号,职务,紧急联系人电话", 400, func(i int) []string {
				return []string{c.person(), c.other(func() string { return "E" + c.digits(8) }), "水手", phones[i%100]}
			}))
		},
		"guests of a room": func(c crowd) made {
			return one(600, true, rows("booking_no,guest_1_name,guest_1_id_no,guest_2_name,guest_2_id_no,guest_3_name,guest_3_id_no", 200, func(i int) []string {
				return []string{fmt.Sprint("B", i), c.person(), c.id(), c.person(), c.id(), c.person(), c.id()}
			}))
		},
		"spouses who are in the table": func(c crowd) made {
			ids := many(200, c.id)
			return one(200, true, rows("身份证号,配偶身份证号", 200, func(i int) []string { return []string{ids[i], ids[i^1]} }))
		},
		"pupil and guardian": func(c crowd) made {
			return one(400, false, rows("学生姓名,学号,年级,监护人姓名,监护人手机号", 200, func(i int) []string {
				return []string{c.person(), fmt.Sprint(20250000 + i), "三年级", c.person(), c.phone()}
			}))
		},
		"two telephones without a role": func(c crowd) made {
			return one(400, false, rows("phone_1,phone_2,city", 200, func(int) []string { return []string{c.phone(), c.phone(), "上海"} }))
		},
	}
}

// subjectsOf are tables with two words for the person whom a table is about, or
// with somebody who handles its rows.
func subjectsOf() map[string]func(c crowd) made {
	numbers := func(c crowd, n int) []string {
		return many(n, func() string { return c.other(func() string { return "7" + c.digits(6) }) })
	}
	return map[string]func(c crowd) made{
		"employees who are users": func(c crowd) made {
			staff, users := numbers(c, 300), numbers(c, 300)
			return one(300, false, rows("emp_no,user_id,full_name,dept,hire_date", 300, func(i int) []string {
				return []string{staff[i], users[i], c.person(), c.one("财务", "人事", "研发"), "2019-04-01"}
			}))
		},
		"students who are users, with numbers": func(c crowd) made {
			users := numbers(c, 200)
			return one(200, true, rows("用户编号,学生编号,身份证号,专业", 200, func(i int) []string {
				return []string{users[i], fmt.Sprint(20250000 + i), c.id(), "法学"}
			}))
		},
		"payroll of a year, managers are employees": func(c crowd) made {
			staff, users := numbers(c, 100), numbers(c, 100)
			return one(100, false, rows("员工编号,会员编号,主管编号,月份,工资", 1200, func(i int) []string {
				return []string{staff[i%100], users[i%100], staff[i%100/10*10], fmt.Sprint(202501 + i/100), c.digits(4)}
			}))
		},
		"orders of customers and sellers": func(c crowd) made {
			buyers, sellers := numbers(c, 300), numbers(c, 12)
			return one(312, false, rows("order_no,client_no,sales_rep_id,total", 600, func(i int) []string {
				return []string{fmt.Sprint("SO", i), buyers[i%300], sellers[i*7%12], c.digits(3)}
			}))
		},
		"tickets of users and employees": func(c crowd) made {
			users, staff := numbers(c, 250), numbers(c, 40)
			return one(290, false, rows("ticket,user_id,employee_id,status", 500, func(i int) []string {
				return []string{fmt.Sprint("T", i), users[i%250], staff[i*11%40], c.one("open", "closed")}
			}))
		},
		"flats with a tenant and an owner each": func(c crowd) made {
			tenants, owners := numbers(c, 150), numbers(c, 150)
			return one(300, false, rows("flat,tenant_id,owner_id,rent", 150, func(i int) []string {
				return []string{fmt.Sprint("F", i), tenants[i], owners[i], c.digits(4)}
			}))
		},
	}
}

// sharedOf are tables in which a key is of several people, or of nobody.
func sharedOf() map[string]func(c crowd) made {
	return map[string]func(c crowd) made{
		"families on one telephone": func(c crowd) made {
			phones := many(100, c.phone)
			return one(300, false, rows("姓名,手机号,城市", 300, func(i int) []string { return []string{c.person(), phones[i/3], "杭州"} }))
		},
		"families on one telephone, with numbers": func(c crowd) made {
			phones := many(100, c.phone)
			return one(300, true, rows("身份证号,手机号", 300, func(i int) []string { return []string{c.id(), phones[i/3]} }))
		},
		"placeholders for a number": func(c crowd) made {
			return one(300, false, rows("会员号,手机号", 300, func(i int) []string {
				return []string{[]string{"0", "-", "null", fmt.Sprint("M", 5000+i)}[i%4], c.phone()}
			}))
		},
		"telephone of somebody with a number": func(c crowd) made {
			ids, phones := many(200, c.id), many(200, c.phone)
			return one(200, false, rows("身份证号,手机号", 300, func(i int) []string {
				if i >= 200 {
					return []string{"", phones[i-200]}
				}
				return []string{ids[i], phones[i]}
			}))
		},
		"everybody three times": func(c crowd) made {
			ids, names := many(100, c.id), many(100, c.person)
			return one(100, true, rows("姓名,身份证号,金额", 300, func(i int) []string {
				return []string{names[i%100], ids[i%100], fmt.Sprint(i * 10)}
			}))
		},
		"member numbers of two shops": func(c crowd) made {
			shop := func() []column {
				return rows("会员号,等级", 200, func(i int) []string { return []string{fmt.Sprint(100000 + i), c.one("金", "银")} })
			}
			return made{[][]column{shop(), shop()}, 400, false}
		},
		"the same numbers in two months": func(c crowd) made {
			ids := many(200, c.id)
			month := func() []column {
				return rows("身份证号,消费", 200, func(i int) []string { return []string{ids[i], c.digits(3)} })
			}
			return made{[][]column{month(), month()}, 200, true}
		},
	}
}

// hiddenOf are tables whose people do not stand in a column of their own.
func hiddenOf() map[string]func(c crowd) made {
	return map[string]func(c crowd) made{
		"numbers in a list": func(c crowd) made {
			return one(600, true, rows("房号,入住人证件号", 200, func(i int) []string {
				return []string{fmt.Sprint(100 + i), c.id() + "," + c.id() + "," + c.id()}
			}))
		},
		"numbers in notes": func(c crowd) made {
			return one(400, true, rows("单号,备注", 200, func(i int) []string {
				return []string{fmt.Sprint("S", i), "代办人" + c.id() + "，本人" + c.id() + "已签字"}
			}))
		},
		"numbers in notes beside those of a column": func(c crowd) made {
			return one(400, true, rows("身份证号,备注", 200, func(int) []string {
				return []string{c.id(), "陪同人身份证" + c.id()}
			}))
		},
		"mobiles as names of columns": func(c crowd) made {
			header := append([]string{"日期"}, many(40, c.phone)...)
			return one(40, false, rows(strings.Join(header, ","), 30, func(i int) []string {
				row := []string{fmt.Sprintf("2025-06-%02d", 1+i%28)}
				for range 40 {
					row = append(row, strconv.Itoa(c.IntN(20)))
				}
				return row
			}))
		},
		"names only": func(c crowd) made {
			return one(200, false, rows("姓名,部门", 200, func(int) []string { return []string{c.person(), c.one("财务", "人事", "研发")} }))
		},
	}
}

// spelledOf are tables in which one person is written in several ways.
func spelledOf() map[string]func(c crowd) made {
	return map[string]func(c crowd) made{
		"numbers of 15 and 18 digits": func(c crowd) made {
			ids := many(100, func() string {
				return c.other(func() string {
					body := c.one(divisions...) + fmt.Sprintf("19%02d%02d%02d", 40+c.IntN(59), 1+c.IntN(12), 1+c.IntN(28)) + c.digits(3)
					return body + pure11(body)
				})
			})
			return one(100, true, rows("身份证号", 200, func(i int) []string {
				id := ids[i%100]
				if i >= 100 {
					id = id[:6] + id[8:17]
				}
				return []string{id}
			}))
		},
		"numbers with an apostrophe or as a formula": func(c crowd) made {
			ids := many(100, c.id)
			return one(100, true, rows("身份证号", 300, func(i int) []string {
				id := ids[i%100]
				return []string{[]string{id, "'" + id, `="` + id + `"`}[i/100]}
			}))
		},
		"mobiles in five spellings": func(c crowd) made {
			phones := many(100, c.phone)
			return one(100, false, rows("手机号", 500, func(i int) []string {
				p := phones[i%100]
				return []string{[]string{p, "+86 " + p, "0086" + p, p + ".0", p[:3] + "-" + p[3:7] + "-" + p[7:]}[i/100]}
			}))
		},
		"e-mail in two cases": func(c crowd) made {
			mails := many(100, c.mail)
			return one(100, false, rows("email", 200, func(i int) []string {
				if i >= 100 {
					return []string{strings.ToUpper(mails[i-100])}
				}
				return []string{mails[i]}
			}))
		},
		"foreign numbers that look like mobiles": func(c crowd) made {
			phones := many(100, c.phone)
			return one(200, false, rows("phone", 200, func(i int) []string {
				if i >= 100 {
					return []string{"+" + phones[i-100]}
				}
				return []string{phones[i]}
			}))
		},
	}
}

const crowdSeeds = 3

// countPeople measures the count of people.
func countPeople(ctx context.Context, b *bench, r *report) error {
	all := crowds()
	r.generated("%d tables, %d of each kind", len(all)*crowdSeeds, crowdSeeds)
	r.Head = []string{"table", "people", "counted", "times", "bound", ""}
	tooFew, inexact, tooMany, numbered, others := 0, 0, 0, 0, 0
	for _, name := range sorted(all) {
		for seed := range crowdSeeds {
			c := crowd{newMaker("people "+name, seed), map[string]bool{}}
			t := all[name](c)
			n, err := b.count(ctx, t)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			times, bound, limit := float64(n)/float64(t.people), "1 to 1.1", 1.1
			if t.numbered {
				bound, limit, numbered = "1", 1, numbered+1
			} else {
				others++
			}
			says := verdict(times >= 1 && times <= limit)
			switch {
			case times < 1:
				tooFew++
			case says == below && t.numbered:
				inexact++
			case says == below:
				tooMany++
			}
			if seed == 0 || says == below {
				r.Rows = append(r.Rows, []string{name, fmt.Sprint(t.people), fmt.Sprint(n), fmt.Sprintf("%.2f", times), bound, says})
			}
		}
	}
	total := numbered + others
	r.atMost(0, "tables counted below the truth", float64(tooFew), outOf(tooFew, total))
	r.atMost(0, "above, although everybody has a national number", float64(inexact), outOf(inexact, numbered))
	r.atMost(0, "above 1.1 times elsewhere", float64(tooMany), outOf(tooMany, others))
	return nil
}

// count counts the people of the tables of one exporter, as a gateway does.
func (b *bench) count(ctx context.Context, t made) (int, error) {
	seen := map[[16]byte]bool{}
	for i, columns := range t.tables {
		res, err := b.profile(ctx, "table", columns, fmt.Sprint("table ", i))
		if err != nil {
			return 0, err
		}
		err = res.Census.Each(func(string) bool { return true }, classes, func(person [16]byte, _ people.Classes) error {
			seen[person] = true
			return nil
		})
		if err := errors.Join(err, res.Census.Remove()); err != nil {
			return 0, err
		}
		if d := res.Profile.Subjects.Distinct; len(t.tables) == 1 && d != nil && int(*d) != len(seen) {
			return 0, fmt.Errorf("the profile says %d people and the census %d", *d, len(seen))
		}
	}
	return len(seen), nil
}
