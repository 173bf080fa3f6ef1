package output

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

// TestDockersOwnForms covers what differs between any two runs of the same commands.
func TestDockersOwnForms(t *testing.T) {
	const ps = "CONTAINER ID   IMAGE     COMMAND                  CREATED          STATUS          PORTS                                   NAMES\n"
	const lessonPS = ps + `4e3f2a1b0c9d   nginx     "/docker-entrypoint.…"   5 minutes ago    Up 5 minutes    0.0.0.0:8080->80/tcp, :::8080->80/tcp   web` + "\n"
	const printedPS = "CONTAINER ID   IMAGE     COMMAND                  CREATED                  STATUS                  PORTS                                         NAMES\n" +
		`19fde896e0aa   nginx     "/docker-entrypoint.…"   Less than a second ago   Up Less than a second   0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   web` + "\n"
	for _, each := range []struct {
		name            string
		lesson, printed string
		want            string
	}{
		{"docker ps", lessonPS, printedPS, result.Same},
		{"docker ps, another container", lessonPS, printedPS[:len(printedPS)-4] + "api\n", result.Substance},
		{"docker ps, none", lessonPS, ps, result.Substance},
		{"docker ps, one more", ps, printedPS, result.Substance},
		{"docker ps, without ports", "CONTAINER ID   IMAGE   STATUS                     PORTS   NAMES\n4e3f2a1b0c9d   a       Exited (0) 2 seconds ago           web\n",
			"CONTAINER ID   IMAGE     STATUS                              PORTS     NAMES\nba9876543210   a         Exited (0) Less than a second ago             web\n", result.Same},
		{"docker ps, another exit code", "IMAGE   STATUS                    NAMES\na       Exited (0) 2 seconds ago  web\n",
			"IMAGE   STATUS                       NAMES\na       Exited (137) 3 seconds ago   web\n", result.Substance},
		{"docker images", "REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\nnginx        latest    605c77e624dd   2 weeks ago    141MB\n",
			"REPOSITORY   TAG       IMAGE ID       CREATED          SIZE\nnginx        latest    0123456789ab   24 hours ago     187MB\n", result.Same},
		{"docker images, another tag", "REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\nnginx        latest    605c77e624dd   2 weeks ago    141MB\n",
			"REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\nnginx        1.27      605c77e624dd   2 weeks ago    141MB\n", result.Substance},
		{"volume ls, other widths", "DRIVER    VOLUME NAME\nlocal     my-data\n", "DRIVER  VOLUME NAME\nlocal   my-data\n", result.Same},
		{"system df", "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\nImages          5         2         1.2GB     800MB (66%)\nLocal Volumes   1         0         10MB      10MB (100%)\n",
			"TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\nImages          5         2         2.4GB     1.8GB (75%)\nLocal Volumes   1         0         0B        0B\n", result.Same},
		{"system df, other counts", "TYPE     TOTAL     SIZE\nImages   5         1.2GB\n", "TYPE     TOTAL     SIZE\nImages   6         1.2GB\n", result.Substance},

		{"an id, short for long", "3f2a1b9c8d7e\n", "19fde896e0aaffcad795366a2bc178cfffbaa47fea48fb21f000745b869812e7\n", result.Same},
		{"the same id in both forms", "3f2a1b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a\n3f2a1b9c8d7e\n", "19fde896e0aaffcad795366a2bc178cfffbaa47fea48fb21f000745b869812e7\n19fde896e0aa\n", result.Same},
		{"two ids for one", "3f2a1b9c8d7e\n3f2a1b9c8d7e\n", "19fde896e0aa\n29fde896e0aa\n", result.Substance},
		{"a private address", "172.17.0.2/16\n", "172.18.0.3/16\n", result.Same},
		{"a public address", "listening on 0.0.0.0:80\n", "listening on 127.0.0.1:80\n", result.Substance},
		{"a port that Docker chose", "0.0.0.0:32768->80/tcp\n", "0.0.0.0:49153->80/tcp\n", result.Same},
		{"another container port", "0.0.0.0:32768->80/tcp\n", "0.0.0.0:49153->8080/tcp\n", result.Substance},
		{"versions", "Docker version 24.0.7, build afdd53b\n", "Docker version 28.2.2, build e6534b4\n", result.Same},
		{"ls -l", "total 4\n-rw-r--r-- 1 root root 6 Dec 23 14:32 a.txt\n", "total 8\n-rw-r--r-- 1 root root 6 Jan  2 2026 a.txt\n", result.Same},
		{"ls -l, another size", "-rw-r--r-- 1 root root 6 Dec 23 14:32 a.txt\n", "-rw-r--r-- 1 root root 7 Dec 23 14:32 a.txt\n", result.Substance},
		{"date", "Tue Dec 23 14:32:15 UTC 2025\n", "Fri Jan  2 03:04:05 UTC 2026\n", result.Same},
		{"an access log", `172.17.0.1 - - [23/Dec/2025:14:32:15 +0000] "GET / HTTP/1.1" 200 615` + "\n", `172.18.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET / HTTP/1.1" 200 615` + "\n", result.Same},

		{"cut lines", "a\n...\nd\n", "a\nb\nc\nd\n", result.Same},
		{"nothing cut", "a\n...\nd\n", "a\nd\n", result.Same},
		{"cut lines, another end", "a\n...\nd\n", "a\nb\nc\n", result.Substance},
		{"a cut line", "Successfully installed a-1.0 ...\n", "Successfully installed a-1.0 b-2.0\n", result.Same},
		{"a cut line, another start", "Failed to install ...\n", "Successfully installed a-1.0\n", result.Substance},
		{"cut JSON", "[\n    {\n        \"Name\": \"x\",\n        ...\n    }\n]\n", "[\n    {\n        \"Name\": \"x\",\n        \"Driver\": \"local\",\n        \"Scope\": \"local\"\n    }\n]\n", result.Same},

		{"a pull", "Unable to find image 'hello:latest' locally\nlatest: Pulling from library/hello\n1b930d010525: Pull complete\nDigest: sha256:" + sum + "\nStatus: Downloaded newer image for hello:latest\nHello!\n", "Hello!\n", result.Wording},
		{"a pull that the lesson leaves out", "Hello!\n", "Unable to find image 'hello:latest' locally\nlatest: Pulling from library/hello\n1b930d010525: Pulling fs layer\n1b930d010525: Pull complete\nDigest: sha256:" + sum + "\nStatus: Downloaded newer image for hello:latest\nHello!\n", result.Wording},
		{"a build by another builder", "Sending build context to Docker daemon  2.048kB\nStep 1/2 : FROM a\n ---> 0123456789ab\nSuccessfully built ba9876543210\n", "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n", result.Wording},
		{"no output after a pull", "Hello!\n", "latest: Pulling from library/hello\n", result.Substance},
	} {
		t.Run(each.name, func(t *testing.T) {
			got, err := Compare(each.lesson, each.printed, Rules{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != each.want {
				t.Errorf("%s, want %s:\n%s", got.Kind, each.want, got)
			}
		})
	}
}

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestNamedPatterns(t *testing.T) {
	rules := Rules{Patterns: map[string]string{"job": `job-\d+`}}
	for printed, want := range map[string]string{"started job-17\n": result.Same, "started task-17\n": result.Substance} {
		if got, err := Compare("started job-1\n", printed, rules); err != nil || got.Kind != want {
			t.Errorf("%q: %s %v", printed, got.Kind, err)
		}
	}
	if _, err := Compare("a", "b", Rules{Patterns: map[string]string{"x": "("}}); err == nil {
		t.Error("a bad pattern is accepted")
	}
}
