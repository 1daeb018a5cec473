package frame

// Version is the release; the build information adds the commit.
const Version = "0.1.0-dev"
