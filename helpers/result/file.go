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
// wrong with it: not JSON, truncated, another schema, an unknown field or verdict.
func Read(path string) (document Document, err error) {
	err = read(path, Schema, &document)
	return document, err
}

// ReadWalk reads a walk.json strictly, as Read does.
func ReadWalk(path string) (*Walk, error) {
	walk := &Walk{}
	if err := read(path, WalkSchema, walk); err != nil {
		return nil, err
	}
	return walk, nil
}

// Parse is Read for data in memory.
func Parse(data []byte) (document Document, err error) {
	err = decode(data, Schema, &document)
	return document, err
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

type document interface{ check() error }

func read(path, schema string, into document) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSize))
	if err == nil {
		err = decode(data, schema, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// decode reads a document of one schema, rejects unknown fields and checks the rest.
func decode(data []byte, schema string, into document) error {
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
	err := decoder.Decode(into)
	if err == nil {
		err = into.check()
	}
	if err != nil {
		return fmt.Errorf("not a valid %s document: %w", schema, err)
	}
	return nil
}
