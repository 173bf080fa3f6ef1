package engine

import "context"

// ImageLayers are the sizes in bytes of an image's layers, the newest first,
// as `docker history` tells them.
func (e *Engine) ImageLayers(ctx context.Context, name string) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	history, err := e.api.ImageHistory(ctx, name)
	var sizes []int64
	for _, layer := range history {
		sizes = append(sizes, layer.Size)
	}
	return sizes, e.failed(err, "asking for the layers of image %s", name)
}
