package lint

import "log/slog"

func plantedPair(l *slog.Logger) { l.Info("planted", "key", "value") }
