package standalone

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/settings"

	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
)

// usage prints what the program does, its settings and Ginkgo's flags.
func usage(w io.Writer, version Version) {
	fmt.Fprintf(w, `%s

Usage: holdfast [flags]

Judges the storage of the container engine that your docker command uses, and writes
reports to %s in the current directory. It needs neither Go nor a clone. The specs that
need Docker Compose use your own.
The exit status is 0 if every verdict is as catalogued and nothing was left behind.

  holdfast -version
  holdfast --label-filter='contract && quick'

Settings are environment variables; those of the docker command keep their meaning:

`, version, settings.StandaloneReports)
	for _, s := range settings.All {
		if s.Internal {
			continue
		}
		use := strings.ReplaceAll(s.Use, "`", "")
		if s.Default != "" {
			use += " (default: " + strings.ReplaceAll(s.Default, "`", "") + ")"
		}
		fmt.Fprintf(w, "  %s\n%s\n", s.Name, formatter.NewWithNoColorBool(true).Fiw(3, formatter.COLS, "%s", use))
	}
	fmt.Fprintf(w, "\nFlags of Ginkgo:\n\n%s", flags())
}

// commands are the flags of the ginkgo command that mean something for one compiled suite.
var commands = []string{"procs", "p", "output-dir", "repeat", "until-it-fails"}

// flags returns the usage of Ginkgo's flags, without those that find or build suites.
func flags() string {
	var all types.GinkgoFlags
	for _, flag := range types.SuiteConfigFlags.CopyAppend(types.ReporterConfigFlags...) {
		if flag.Name != "" {
			all = append(all, flag)
		}
	}
	for _, flag := range types.GinkgoCLIRunAndWatchFlags.CopyAppend(types.GinkgoCLIRunFlags...) {
		if slices.Contains(commands, flag.Name) {
			all = append(all, flag)
		}
	}
	bindings := map[string]any{"S": &types.SuiteConfig{}, "R": &types.ReporterConfig{}, "C": &types.CLIConfig{}}
	set, err := types.NewGinkgoFlagSet(all, bindings, types.FlagSections)
	if err != nil {
		return err.Error() + "\n"
	}
	return formatter.NewWithNoColorBool(true).F(set.Usage())
}
