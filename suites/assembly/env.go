package assembly

import (
	"os"
	"strings"
)

// setenv sets a variable given as NAME=VALUE.
func setenv(variable string) error {
	name, value, _ := strings.Cut(variable, "=")
	return os.Setenv(name, value)
}
