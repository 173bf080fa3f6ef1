package strategy

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// inImage returns those of the texts that occur in the service's image: in its
// configuration, its history or a file of any layer.
func (s *service) inImage(ctx context.Context, texts ...string) []string {
	GinkgoHelper()
	image := s.Service(ctx, "embeddings").Inspect(ctx).Image
	archive, err := s.box.Engine().SaveImage(ctx, image)
	Expect(err).NotTo(HaveOccurred())
	defer archive.Close()
	found, size, err := inArchive(archive, texts)
	Expect(err).NotTo(HaveOccurred())
	s.box.Did(evidence.Step{Did: fmt.Sprintf("API: save image %s and search it for %q", image, texts), Saw: fmt.Sprintf("found %q in %d bytes", found, size)})
	return found
}

// inArchive searches every file of an image archive. Engines with containerd's
// image store save layers as they were pulled: compressed.
func inArchive(archive io.Reader, texts []string) (found []string, size int64, err error) {
	for files := tar.NewReader(archive); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return found, size, nil
		}
		if err != nil {
			return found, size, fmt.Errorf("reading the image's archive: %w", err)
		}
		file, err := plain(files)
		if err != nil {
			return found, size, fmt.Errorf("reading %s in the image's archive: %w", header.Name, err)
		}
		in, read, err := within(file, texts)
		if err != nil {
			return found, size, fmt.Errorf("reading %s in the image's archive: %w", header.Name, err)
		}
		size += read
		for _, text := range in {
			if !slices.Contains(found, text) {
				found = append(found, text)
			}
		}
	}
}

// plain decompresses a gzipped file and returns any other file unchanged.
func plain(file io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(file)
	switch start, _ := buffered.Peek(4); { // a shorter file is not compressed
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		return gzip.NewReader(buffered)
	case bytes.Equal(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return nil, errors.New("zstd compression is not supported")
	}
	return buffered, nil
}

// within reads a stream to its end and returns those of the texts that occur in it.
func within(stream io.Reader, texts []string) (found []string, size int64, err error) {
	longest := 0
	for _, text := range texts {
		longest = max(longest, len(text))
	}
	window := make([]byte, 0, 1<<20)
	for err == nil {
		var n int
		n, err = stream.Read(window[len(window):cap(window)])
		size += int64(n)
		window = window[:len(window)+n]
		for _, text := range texts {
			if !slices.Contains(found, text) && bytes.Contains(window, []byte(text)) {
				found = append(found, text)
			}
		}
		// Keep the end: a text may continue in the next read.
		window = window[:copy(window, window[max(0, len(window)-longest+1):])]
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return found, size, err
}
