package walk

import (
	"slices"
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
)

func TestImagesOfALesson(t *testing.T) {
	l, err := lesson.Parse("any", []byte("```bash\ndocker run -d --name web -p 8080:80 nginx:1.27\ndocker run --rm -v \"$PWD\":/src alpine ls\ndocker container run --rm --env=A=b redis\ndocker build -t mine:1 .\ndocker run mine:1\ndocker volume create x\ndocker run <image>\n```\n\n"+
		"```dockerfile\nFROM --platform=linux/amd64 python:3.12-slim AS build\nFROM scratch\n```\n\n```yaml\nservices:\n  db:\n    image: \"postgres:16\"\n```\n\n```console\n$ docker pull ghcr.io/a/b\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"alpine:latest", "ghcr.io/a/b:latest", "nginx:1.27", "postgres:16", "python:3.12-slim", "redis:latest"}
	if got := imagesOf(l); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
