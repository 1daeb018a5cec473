package lint

import "context"

func plantedContext(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return ended(context.Background())
}

func ended(ctx context.Context) error { return ctx.Err() }
