package frame

import (
	"runtime"
	"runtime/debug"
)

// The linker sets these in a release; see docs/howto/build-a-release.md.
var (
	// Version is the release.
	Version = "0.1.0-dev"
	// commit is for a build without version control, such as one from an
	// archive of the source.
	commit string
)

// Build describes this program.
type Build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`             // empty if not known
	Modified bool   `json:"modified,omitempty"` // the source had changes that are in no commit
	Go       string `json:"go"`
	Platform string `json:"platform"` // operating system and processor, such as linux/amd64
}

// ThisBuild reads the build information of the program.
func ThisBuild() Build {
	b := Build{Version: Version, Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok || commit != "" {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String is the one line for people.
func (b Build) String() string {
	line := "hutong " + b.Version
	switch {
	case b.Commit == "":
		line += " (unknown commit)"
	case b.Modified:
		line += " (commit " + b.Commit + ", modified)"
	default:
		line += " (commit " + b.Commit + ")"
	}
	return line + " " + b.Go + " " + b.Platform
}
