package locks

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const python = "python:3.12-slim"

var _ = Describe("An SQLite database in WAL mode", Label("files", "python"), func() {
	It("keeps all transactions of two containers", claims.Decides("contract-locks/sqlite-wal"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		images.Need(ctx, box, python)
		volume := box.Volume(ctx)
		run := func(program string) *sandbox.Container {
			return box.Run(ctx, inPython(program), sandbox.Image(python), volume.At("/data"))
		}

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(database + "db.execute('CREATE TABLE t (writer, number)')")).To(ExitZero())
			var writers []*sandbox.Container
			for i := range 2 {
				program := func(spec *engine.ContainerSpec) {
					spec.Cmd = inPython(database + together + fmt.Sprintf(transactions, i)).Args
				}
				writers = append(writers, box.Create(ctx, sandbox.Image(python), volume.At("/data"), program).Start(ctx))
			}
			for _, writer := range writers {
				code, err := box.Engine().WaitContainer(ctx, writer.ID)
				Expect(err).NotTo(HaveOccurred())
				g.Expect(code).To(BeZero())
			}
			g.Expect(strings.Fields(run(database + check).Stdout)).To(Equal([]string{"1000", "1000", "ok"}))
		})
	})
})

func inPython(program string) probe.Command {
	return probe.Command{Args: []string{"python3", "-c", program}}
}

// together waits until two containers have the table.
const together = `import os, time
db.execute('SELECT 1 FROM t').fetchall()
name, limit = '/data/started.' + str(time.time()), time.time() + 60
open(name, 'w').close()
while sum(entry.startswith('started.') for entry in os.listdir('/data')) < 2:
  if time.time() > limit: raise SystemExit('the other container did not start')
  time.sleep(0.001)
`

// database opens the database. Transactions are explicit, and wait for others.
const database = `import sqlite3
db = sqlite3.connect('/data/file.db', timeout=60, isolation_level=None)
db.execute('PRAGMA journal_mode=WAL'); db.execute('PRAGMA synchronous=NORMAL')
`

const transactions = `for number in range(1000):
  db.execute('BEGIN IMMEDIATE'); db.execute('INSERT INTO t VALUES (%d, ?)', (number,)); db.execute('COMMIT')
`

const check = `for row in db.execute('SELECT count(DISTINCT number) FROM t GROUP BY writer'): print(row[0])
print(db.execute('PRAGMA integrity_check').fetchone()[0])
`
