package api

// body is an answer with nothing but a body.
type body[T any] struct{ Body T }

// with is a request with nothing but a body.
type with[T any] struct{ Body T }

// none is a request without anything, or an empty answer.
type none struct{}

// orEmpty makes a list encode as [] rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
