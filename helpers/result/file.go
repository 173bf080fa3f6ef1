package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/moby/sys/atomicwriter"
)

// maxSize bounds the files that Read and ReadWalk accept, in bytes.
const maxSize = 64 << 20

// Read reads a verdicts.json strictly. Its error names the file and what is
// wrong with it: not JSON, truncated, another schema, an unknown field.
func Read(path string) (Document, error) { return read(path, Parse) }

// ReadWalk reads a walk.json strictly, and checks its kinds and results.
func ReadWalk(path string) (*Walk, error) { return read(path, ParseWalk) }

// Parse is Read for data in memory.
func Parse(data []byte) (document Document, err error) {
	err = decode(data, Schema, &document)
	return document, err
}

// ParseWalk is ReadWalk for data in memory.
func ParseWalk(data []byte) (*Walk, error) {
	walk := &Walk{}
	if err := decode(data, WalkSchema, walk); err != nil {
		return nil, err
	}
	return walk, walk.check()
}

// Write writes a verdicts.json atomically.
func Write(path string, document Document) error { return writeJSON(path, document) }

// WriteWalk writes a walk.json atomically.
func WriteWalk(path string, walk Walk) error {
	if walk.Misfits == nil {
		walk.Misfits = []string{}
	}
	return writeJSON(path, walk)
}

// WriteFile writes a file atomically, and creates its directory where needed.
// A reader sees the old content or all of the new.
func WriteFile(path string, data []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = atomicwriter.WriteFile(path, data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(path, append(data, '\n'))
}

func read[T any](path string, parse func([]byte) (T, error)) (value T, err error) {
	file, err := os.Open(path)
	if err != nil {
		return value, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSize))
	if err != nil {
		return value, err
	}
	if value, err = parse(data); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return value, err
}

// decode reads a document of one schema, and refuses unknown fields.
func decode(data []byte, schema string, into any) error {
	var header struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return fmt.Errorf("not a %s document: %w", schema, err)
	}
	if header.Schema != schema {
		return fmt.Errorf("not a %s document: its schema is %q", schema, header.Schema)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("not a valid %s document: %w", schema, err)
	}
	return nil
}
