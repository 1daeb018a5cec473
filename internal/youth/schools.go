package youth

// Schools counts the values of a column that are of a school.
type Schools struct{ values, children, adults int }

// Add counts a value by what Schooling says of it.
func (s *Schools) Add(is [2]bool) {
	s.values++
	if is[0] {
		s.children++
	}
	if is[1] {
		s.adults++
	}
}

// Children and Adults report whether most values are classes of children, or
// schools of adults.
func (s Schools) Children() bool { return s.children > 0 && s.children*2 >= s.values }
func (s Schools) Adults() bool   { return s.adults > 0 && s.adults*2 >= s.values }
