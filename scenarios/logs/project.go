// Package logs is about log files that survive their containers: written to a
// folder of the host.
package logs

import (
	"context"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// The lesson's service, and its log on the host.
const (
	service = "ai-service"
	hostLog = "logs/app.log"
)

// appending is the lesson's project without Python: each start appends LINE.
const appending = `services:
  ai-service:
    image: ${HOLDFAST_PROBE}
    command: ["append", "/app/logs/app.log", "${LINE}\n"]
    network_mode: none
    volumes:
      - ./logs:/app/logs             # Host logs directory
`

// forgetting is the same without the mount.
const forgetting = `services:
  ai-service:
    image: ${HOLDFAST_PROBE}
    command: ["append", "/app/app.log", "${LINE}\n"]
    network_mode: none
`

// project is a project with that compose file.
func project(ctx context.Context, box *sandbox.Box, text string) *compose.Project {
	GinkgoHelper()
	return compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{"docker-compose.yaml": {Data: []byte(text)}})
}

// run starts the project's service, which logs the line, and waits for its end.
func run(ctx context.Context, p *compose.Project, line string) {
	GinkgoHelper()
	p.Setenv("LINE", line).UpForeground(ctx, "")
}

// gone tells whether the engine has no container of the service.
func gone(ctx context.Context, p *compose.Project) bool {
	GinkgoHelper()
	_, exists := p.Container(ctx, service)
	return !exists
}
