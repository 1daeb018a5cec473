package youth_test

import (
	"testing"

	"hutong/internal/role"
	"hutong/internal/youth"
)

func TestName(t *testing.T) {
	for name, want := range map[string]youth.Kind{
		"birth_date": youth.Birth, "DateOfBirth": youth.Birth, "dob_hash": youth.Birth, "birthdate_enc": youth.Birth, "user_birthday": youth.Birth, "year_born": youth.Birth, "yob": youth.Birth,
		"出生日期密文": youth.Birth, "客户出生年": youth.Birth, "生日": youth.Birth, "csrq": youth.Birth, "出生日期_脱敏": youth.Birth, "child_birth_date": youth.Birth, "birth_1": youth.Birth, "出生年月日": youth.Birth,
		"age": youth.Age, "patient_age": youth.Age, "AGE_AT_ADMISSION": youth.Age, "被保险人年龄": youth.Age, "虚岁": youth.Age, "nl": youth.Age, "age_in_months": youth.Age,
		"age_group": youth.Group, "AgeBand": youth.Group, "年龄段": youth.Group, "客户年龄分组": youth.Group, "age_range_code": youth.Group, "patient_age_bucket": youth.Group,
		"school": youth.School, "school_name": youth.School, "就读学校": youth.School, "学生年级": youth.School, "班级": youth.School, "student_grade": youth.School, "学籍号": youth.School, "kindergarten": youth.School, "所在班级名称": youth.School, "primary_school": youth.School,
		"Geburtsdatum": youth.Birth, "fecha_nacimiento": youth.Birth, "생년월일": youth.Birth, "дата_рождения": youth.Birth, "edad": youth.Age, "âge": youth.Age, "학년": youth.School,
		"page": youth.None, "image": youth.None, "grade": youth.None, "class": youth.None, "birthplace": youth.None, "birth_place": youth.None, "出生地": youth.None, "出生体重": youth.None, "birth_certificate_no": youth.None, "age_of_car": youth.None,
		"company_age": youth.None, "": youth.None, "学生": youth.None, "date": youth.None, "name": youth.None, "编号": youth.None, "毕业学校": youth.None, "graduate_school": youth.None, "school_bus_route": youth.None, "大学": youth.None, "生日礼物": youth.None, "group": youth.None, "storage": youth.None, "language": youth.None,
	} {
		r := role.Builtin().Of(name)
		student := false
		for _, f := range r.Roles {
			student = student || f.Role.ID == youth.Student
		}
		if got := youth.Name(r.Rest, student); got != want {
			t.Errorf("%s (%s): %v, want %v", name, r.Rest, got, want)
		}
	}
	if role.Builtin().Lookup(youth.Student) == nil {
		t.Error("there is no such role")
	}
}

func TestYears(t *testing.T) {
	for text, want := range map[string]int{
		"7": 7, "7岁": 7, "7 years": 7, "12周岁": 12, "7.5": 7, "30.0": 30, "0": 0, "8个月": 0, "18 months": 1, "120个月": 10, "10天": 0, "5岁3个月": 5, "3y 2m": -1, "6-12": 6, "6 - 12岁": 6, "13~17": 13, "18至30岁": 18, "65+": 65, "60岁以上": 60, "80 and over": 80, "[6,12)": 6,
		"6-12个月": 0, "24-36 months": 2,
		"": -1, "seven": -1, "18以下": -1, "14岁以下": -1, "<14": -1, "under 18": -1, "90后": -1, "儿童": -1, "**": -1, "1*": -1, "200": -1, "1990-01-02": -1, "99999999999": -1, "3年级": -1, "12 rue": -1,
	} {
		got, ok := youth.Years([]byte(text), false)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if _, ok := youth.Years([]byte("3"), true); ok {
		t.Error("a code of a group is taken for an age")
	}
	if n, ok := youth.Years([]byte("6-12"), true); !ok || n != 6 {
		t.Error("a group is not read")
	}
}

func TestSchooling(t *testing.T) {
	for text, want := range map[string][2]bool{
		"三年级": {true, false}, "3年级2班": {true, false}, "三年级（2）班": {true, false}, "初二": {true, false}, "Grade 3": {true, false}, "3rd grade": {true, false}, "大班": {true, false}, "阳光小学": {false, false}, "Lincoln Elementary School": {false, false}, "北京大学附属中学": {false, false}, "Lakeside High School of the University": {false, false},
		"北京大学": {false, true}, "Stanford University": {false, true}, "外国语学院": {false, true},
		"初中": {false, false}, "高中": {false, false}, "本科": {false, false}, "高中学历": {false, false}, "": {false, false}, "grade": {false, false}, "上海市": {false, false}, "经济舱": {false, false}, "4年": {false, false},
	} {
		class, higher := youth.Schooling([]byte(text))
		if class != want[0] || higher != want[1] {
			t.Errorf("%q: %v %v, want %v", text, class, higher, want)
		}
	}
}
