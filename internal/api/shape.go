package api

// body is a response with only a body.
type body[T any] struct{ Body T }

// with is a request with only a body.
type with[T any] struct{ Body T }

// none is an empty request or an empty response.
type none struct{}

// orEmpty makes a list encode as [] rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
