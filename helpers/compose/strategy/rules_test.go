package strategy

import (
	"path/filepath"
	"slices"
	"testing"
)

// The examples of each rule's page are what they are said to be.
func TestTheRulesExamples(t *testing.T) {
	for _, rule := range AllRules() {
		for _, kind := range rule.Kinds {
			for example, text := range map[string]string{"good": rule.Good, "bad": rule.Bad} {
				t.Run(rule.ID+"/"+string(kind)+"/"+example, func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "compose.yaml")
					write(t, file, text+"\n")
					found, err := checked(t, kind, file)
					if err != nil {
						t.Fatal(err)
					}
					breaks := slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == rule.ID })
					if breaks != (example == "bad") {
						t.Errorf("got %v", found)
					}
				})
			}
		}
		if rule.Why == "" || rule.Description == "" || rule.Lesson == "" && rule.ID != Suppression {
			t.Errorf("%s explains too little", rule.ID)
		}
	}
}
