package walk

import (
	"slices"
	"testing"
)

func TestContainersAreRemovedFirst(t *testing.T) {
	found := map[resource]bool{{"volume", "my-data"}: true, {"container", "c"}: true, {"image", "kept"}: true, {"network", "n"}: true, {"image", "built"}: true}
	got := surplus(found, map[resource]bool{{"image", "kept"}: true})
	want := []resource{{"container", "c"}, {"volume", "my-data"}, {"network", "n"}, {"image", "built"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
