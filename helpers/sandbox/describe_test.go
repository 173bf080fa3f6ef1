package sandbox

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

func TestContainersAreDescribedAsTheyWereCreated(t *testing.T) {
	dir, volume, other := &Dir{Path: "/work/my dir"}, &Volume{Name: "data"}, func(spec *engine.ContainerSpec) {
		spec.VolumesFrom, spec.User, spec.WorkingDir, spec.Env = []string{"other"}, "1000", "/app", []string{"A=b c"}
		spec.Memory, spec.ShmSize, spec.ReadOnlyRoot, spec.Entrypoint, spec.Interactive = 1<<20, 1<<10, true, []string{"/probe"}, true
	}
	for want, options := range map[string][]Option{
		"API: run name with networking disabled: image read /a":                                                         nil,
		"docker run --name name --network none image read /a":                                                           {Network("none")},
		"docker run --name name --network n --userns host image read /a":                                                {Network("n"), HostUsers()},
		"docker run --name name --network n -v '/work/my dir:/app:ro,z' -v data:/data image read /a":                    {Network("n"), dir.At("/app", "ro", "z"), volume.At("/data")},
		"docker run --name name --network n -v /anonymous image read /a":                                                {Network("n"), Anonymous("/anonymous")},
		"docker run --name name --network n --tmpfs /a:size=1m,mode=1777 --tmpfs /b image read /a":                      {Network("n"), Tmpfs("/b"), Tmpfs("/a", "size=1m", "mode=1777")},
		"docker run --name name --network n --mount type=bind,source=/a,target=/b,readonly=true image read /a":          {Network("n"), Mount(engine.Mount{Type: "bind", Source: "/a", Target: "/b", ReadOnly: true})},
		"docker run --name name --network n --mount type=tmpfs,target=/b,tmpfs-size=1024,tmpfs-mode=1777 image read /a": {Network("n"), Mount(engine.Mount{Type: "tmpfs", Target: "/b", TmpfsSize: 1024, TmpfsMode: 0o1777})},
		"docker run --name name --network n --mount type=volume,source=v,target=/b,volume-nocopy=true,volume-subpath=part,bind-nonrecursive=true,volume-label=a=b image read /a": {Network("n"),
			Mount(engine.Mount{Type: "volume", Source: "v", Target: "/b", NoCopy: true, Subpath: "part", NonRecursive: true, Labels: map[string]string{"a": "b"}})},
		"docker run --name name --network n -it --read-only --user 1000 --workdir /app --memory 1048576 --shm-size 1024 --entrypoint /probe --env 'A=b c' --volumes-from other image read /a": {Network("n"), other},
	} {
		spec := engine.ContainerSpec{Name: "name", Image: "image", Cmd: probe.Read("/a").Args}
		for _, option := range options {
			option(&spec)
		}
		if got := describe("run", spec); got != want {
			t.Errorf("described as\n%s, not\n%s", got, want)
		}
	}
}
