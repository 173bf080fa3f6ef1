package images

import "testing"

func TestSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"python:3.12-slim", "docker.io/library/python:3.12-slim", true},
		{"python:3.12-slim", "library/python:3.12-slim", true},
		{"python:3.12-slim", "index.docker.io/library/python:3.12-slim", true},
		{"qdrant/qdrant", "qdrant/qdrant:latest", true},
		{"qdrant/qdrant:latest", "docker.io/qdrant/qdrant", true},
		{"python:3.12-slim", "python:3.12", false},
		{"python:3.12-slim", "mirror.test/library/python:3.12-slim", false},
		{"python:3.12-slim", "3.12-slim", false},
		{"python:3.12-slim", "not a name", false},
	} {
		if got := must(parse(test.a))(t).same(test.b); got != test.same {
			t.Errorf("%s and %s: same is %v", test.a, test.b, got)
		}
	}
}

const digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestFamiliarAndMirroredNames(t *testing.T) {
	for _, test := range []struct{ name, familiar, mirrored string }{
		{"docker.io/library/python:3.12-slim", "python:3.12-slim", "localhost:5000/library/python:3.12-slim"},
		{"qdrant/qdrant", "qdrant/qdrant:latest", "localhost:5000/qdrant/qdrant:latest"},
		{"python@" + digest, "python@" + digest, "localhost:5000/library/python@" + digest},
		{"other.test/a/b:1", "other.test/a/b:1", "localhost:5000/a/b:1"},
	} {
		ref := must(parse(test.name))(t)
		if got := ref.Familiar(); got != test.familiar {
			t.Errorf("%s: familiar is %s", test.name, got)
		}
		if got := ref.at("localhost:5000/"); got != test.mirrored {
			t.Errorf("%s: on the mirror %s", test.name, got)
		}
	}
	if _, err := parse("UPPER:case:twice"); err == nil {
		t.Error("an invalid name was accepted")
	}
}

func TestOnlyImagesThatLessonsUseHaveSubstitutes(t *testing.T) {
	for wanted, stands := range map[string]bool{
		"python:3.12-slim":                   true,
		"docker.io/library/python:3.12-slim": true,
		"python":                             true,
		"python:3.12-alpine":                 false,
		"python:2.7-slim":                    false,
		"python@" + digest:                   false,
		"mirror.test/library/python:3.12":    false,
		"someone/python:3.12-slim":           false,
		"qdrant/qdrant:v1.15.0":              true,
		"qdrant/other":                       false,
		"busybox":                            true,
		"nginx:alpine":                       true,
		"someone/nginx:alpine":               false,
		"postgres:17":                        true,
		"postgres:18":                        false, // its data are in another directory
		"redis@" + digest:                    false,
		"mariadb":                            false,
	} {
		if got := must(parse(wanted))(t).recipe() != nil; got != stands {
			t.Errorf("%s: a substitute is %v", wanted, got)
		}
	}
}
