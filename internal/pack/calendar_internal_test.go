package pack

import "testing"

func TestMonthsAndYears(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{AddMonths("2026-05-20", 2), "2026-07-20"},
		{AddMonths("2026-12-31", 2), "2027-02-28"},
		{AddMonths("2027-12-31", 2), "2028-02-29"},
		{LastDayOfYears("2023-06-16", 3), "2026-06-15"},
		{LastDayOfYears("2024-02-29", 1), "2025-02-27"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}
