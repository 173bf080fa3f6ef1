package files

import "github.com/holdfast/holdfast/fixtures/images/probe/fileops"

// ranProgram matches the probe that ran without arguments.
var ranProgram = has("Exit", 125)

// special are the promises about programs and what connects two.
var special = []row{
	{claim: "fifo", does: "can be a FIFO that connects two containers", in: shared, steps: []step{
		{do: fileops.Mkfifo("@/fifo"), outcome: done},
		{do: fileops.Status("@/fifo"), outcome: has("Stat.Type", "fifo"), who: second},
		{do: fileops.Open("@/fifo", "reader", fileops.ReadOnly|fileops.NonBlocking), outcome: done, who: second},
		{do: fileops.Open("@/fifo", "writer", fileops.WriteOnly|fileops.NonBlocking), outcome: done},
		{do: fileops.Write("", "through").On("writer"), outcome: done},
		{do: fileops.Read("").On("reader"), outcome: reads("through"), who: second},
	}, except: []exception{onSSHFS(outcomes{0: fails("EPERM"), 1: fails("ENOENT"), 2: fails("ENOENT"), 3: fails("ENOENT"), 4: fails("EBADF"), 5: fails("EBADF")})}},
	{claim: "unix-socket", does: "can be a UNIX socket that connects two containers", in: shared, steps: []step{
		{do: fileops.Listen("@/socket", "listener"), outcome: done},
		{do: fileops.Status("@/socket"), outcome: has("Stat.Type", "socket"), who: second},
		{do: fileops.Connect("@/socket", "through"), outcome: reads("through"), who: second},
		{do: fileops.Close("listener"), outcome: done},
	}, except: []exception{onSSHFS(outcomes{0: fails("EPERM"), 1: fails("ENOENT"), 2: fails("ENOENT"), 3: fails("EBADF")})}},
	{claim: "programs-run", does: "can be a program that runs", in: shared, steps: []step{
		{do: fileops.CopyProgram("@/program"), outcome: done},
		{do: fileops.Exec("@/program"), outcome: ranProgram},
		{do: fileops.Exec("@/program"), outcome: ranProgram, who: second},
		{do: fileops.Exec("@/program").By(ann, ann), outcome: ranProgram},
	}},
	{claim: "no-programs-on-tmpfs", does: "can be no program that runs", in: []*mechanism{tmpfs}, steps: []step{
		{do: fileops.CopyProgram("@/program"), outcome: done},
		{do: fileops.Exec("@/program"), outcome: fails("EACCES")},
	}, except: []exception{{on: "podman", in: []*mechanism{tmpfs}, outcomes: outcomes{1: ranProgram}}}},
}
