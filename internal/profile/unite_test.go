package profile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
	"hutong/internal/table"
)

// TestTwoSubjects are tables with two words for the person whom a table is
// usually about, or with one of them and somebody who handles the row.
func TestTwoSubjects(t *testing.T) {
	m := made{rand.New(rand.NewPCG(31, 32))}
	at := m.r.Perm(200)
	number := func(prefix string, i int) string { return fmt.Sprint(prefix, 10000+i) }
	draws := rand.New(rand.NewPCG(35, 36)) // not those of the other tables, whose order differs
	for name, tc := range map[string]struct {
		want   int
		header string
		rows   int
		row    func(i int) []string
	}{
		"employee who is a user": {200, "employee_id,user_id,name,department,hire_date", 200, func(i int) []string {
			return []string{number("E", i), number("", at[i]), m.name(), "sales", "2019-04-01"}
		}},
		"employee who is a user, with a national number": {200, "员工编号,用户ID,姓名,身份证号,部门", 200, func(i int) []string {
			return []string{number("E", i), number("", at[i]), m.name(), m.id(), "财务"}
		}},
		"user first, each in twelve months": {100, "user_id,employee_no,month,salary", 1200, func(i int) []string {
			return []string{number("U", i%100), number("", at[i%100]), fmt.Sprintf("2025-%02d", 1+i/100), "9000"}
		}},
		"student who is a user": {200, "user_id,student_id,mobile,school", 200, func(i int) []string {
			return []string{number("", i), number("20", at[i]), m.mobile(), "一中"}
		}},
		"patient who is a member": {200, "patient_id,member_id,diagnosis", 200, func(i int) []string {
			return []string{number("P", i), number("M", at[i]), "J45.0"}
		}},
		"teacher who is a user": {200, "teacher_id,user_id,email", 200, func(i int) []string {
			return []string{number("T", i), number("", at[i]), m.mail()}
		}},
		"employee known by name": {200, "employee_name,user_id,email", 200, func(i int) []string {
			return []string{m.name() + string([]rune("甲乙丙丁戊己庚辛壬癸")[i%10]), number("", at[i]), m.mail()}
		}},
		"two registered again": {202, "employee_id,user_id,month", 400, func(i int) []string {
			if i >= 398 {
				return []string{number("E", i%200), number("", 900+i), "2025-02"}
			}
			return []string{number("E", i%200), number("", at[i%200]), "2025-01"}
		}},
		"some without a user": {200, "employee_id,user_id,city", 200, func(i int) []string {
			return []string{number("E", i), []string{number("", at[i]), "", "0", "N/A"}[i%4], "上海"}
		}},

		"customer and seller": {205, "order_id,customer_id,salesperson_id,amount", 200, func(i int) []string {
			return []string{number("O", i), number("C", i), number("S", i%5), "10.5"}
		}},
		"customer and employee": {240, "order_id,customer_id,employee_id,amount", 200, func(i int) []string {
			return []string{number("O", i), number("C", i), number("", i%40), "10.5"}
		}},
		"as many employees as users": {-320, "ticket,user_id,employee_id", 200, func(i int) []string {
			return []string{number("T", i), number("U", i), number("", draws.IntN(200))}
		}},
		"each customer has one employee": {210, "customer_id,employee_id,month", 1200, func(i int) []string {
			return []string{number("C", i%200), number("", i%10), fmt.Sprint(i / 200)}
		}},
		"tenant and owner of a flat each": {400, "flat,tenant_id,owner_id", 200, func(i int) []string {
			return []string{number("F", i), number("T", i), number("W", i)}
		}},
		"user and guardian": {400, "user_id,guardian_id_card", 200, func(i int) []string { return []string{number("", i), m.id()} }},
		"both with a national number": {400, "用户ID,用户身份证号,员工编号,员工身份证号", 200, func(i int) []string {
			return []string{number("", i), m.id(), number("E", at[i]), m.id()}
		}},
		"managers are employees": {200, "employee_id,name,manager_id", 200, func(i int) []string {
			return []string{number("", i), m.name(), number("", i/10*7)}
		}},
		"managers of another list": {220, "employee_id,name,manager_id", 200, func(i int) []string {
			return []string{number("", i), m.name(), number("M", i/10*7)}
		}},
		"too few to tell": {12, "employee_id,user_id,city", 6, func(i int) []string { return []string{number("E", i), number("", i), "上海"} }},
	} {
		cells := m.table(tc.header, tc.rows, tc.row)
		for _, swapped := range []bool{false, true} {
			if swapped { // the order of columns says nothing
				for i := range cells {
					cells[i] = slices.Clone(cells[i])
					slices.Reverse(cells[i])
				}
			}
			s := profileSource(t, &rows{name: "table", cells: cells, batch: 70}, profile.Options{}).Profile.Subjects
			if n := int(*s.Distinct); n != tc.want && n < -tc.want || tc.want > 0 && n != tc.want {
				t.Errorf("%s (swapped: %v): %d people by %v %+v, want %d", name, swapped, n, s.Key, s.Roles, tc.want)
			}
		}
	}
}

// A couple that the first rows do not show is looked at again.
func TestTwoSubjectsLater(t *testing.T) {
	m := made{rand.New(rand.NewPCG(33, 34))}
	cells := m.table("employee_id,user_id,city", 300, func(i int) []string {
		if i < 60 {
			return []string{fmt.Sprint("E", i), "", "上海"}
		}
		return []string{fmt.Sprint("E", i), fmt.Sprint(70000 + i), "上海"}
	})
	for _, batch := range []int{50, 1000} {
		s := profileSource(t, &rows{name: "table", cells: cells, batch: batch}, profile.Options{}).Profile.Subjects
		if *s.Distinct != 300 {
			t.Errorf("in batches of %d: %d people, want 300", batch, *s.Distinct)
		}
	}
}

// A person can say that the two are two people after all.
func TestTwoSubjectsChosen(t *testing.T) {
	m := made{rand.New(rand.NewPCG(35, 36))}
	src := &rows{name: "table", cells: m.table("employee_id,user_id,city", 50, func(i int) []string {
		return []string{fmt.Sprint("E", i), fmt.Sprint(70000 + i), "上海"}
	})}
	list, err := profile.Candidates(context.Background(), src, profile.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %v %d %v", c.Role, c.Columns, c.People, c.Holds))
	}
	if want := "employee [employee_id] 50 true, employee [user_id] 50 false, customer [user_id] 100 false"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", strings.Join(got, ", "), want)
	}
	chosen := profile.Options{Keys: []dataspace.KeyChoice{{Role: "customer", Columns: []string{"user_id"}}}}
	if s := profileSource(t, src, chosen).Profile.Subjects; *s.Distinct != 100 {
		t.Errorf("%d people, want 100", *s.Distinct)
	}
}

// reads counts how often a source is read.
type reads struct {
	*rows
	n int
}

func (r *reads) Read(ctx context.Context) (table.Reader, error) {
	r.n++
	return r.rows.Read(ctx)
}

// The candidates are counted in one pass, however many there are, after those of
// a profile.
func TestCandidatesInOnePass(t *testing.T) {
	m := made{rand.New(rand.NewPCG(37, 38))}
	src := &reads{rows: &rows{name: "table", batch: 40, cells: m.table("身份证号,手机号,email,会员号,紧急联系人电话,担保人手机号", 200, func(i int) []string {
		return []string{m.id(), m.mobile(), m.mail(), fmt.Sprint(3000 + i), m.mobile(), m.mobile()}
	})}}
	res, err := profile.Run(context.Background(), src, profile.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Census.Remove(); err != nil {
		t.Error(err)
	}
	before := src.n
	list, err := profile.Candidates(context.Background(), src, profile.Options{Dir: t.TempDir()})
	if err != nil || len(list) < 6 || src.n != 2*before+1 {
		t.Errorf("%d candidates, read %d times: %v", len(list), src.n-before, err)
	}
}

// The progress of a second pass goes on from the first.
func TestProgressOfPasses(t *testing.T) {
	m := made{rand.New(rand.NewPCG(45, 46))}
	src := &reads{rows: &rows{name: "table", batch: 20, cells: m.table("employee_id,user_id,city", 200, func(i int) []string {
		user := ""
		if i >= 50 {
			user = fmt.Sprint(70000 + i)
		}
		return []string{fmt.Sprint("E", i), user, "上海"}
	})}}
	var seen [][3]int64
	res, err := profile.Run(context.Background(), src, profile.Options{Dir: t.TempDir(), Progress: func(rows, bytes, total int64) {
		seen = append(seen, [3]int64{rows, bytes, total})
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Census.Remove(); err != nil {
		t.Error(err)
	}
	if src.n < 2 || len(seen) != src.n {
		t.Fatalf("read %d times, reports %v", src.n, seen)
	}
	for i, one := range seen {
		if one[0] != 200 || one[1] != seen[0][1]*int64(i+1) || one[2] != 0 && one[2] < one[1] {
			t.Errorf("report %d of %v", i, seen)
		}
	}
}
