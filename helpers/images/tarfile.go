package images

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// maxJSON bounds what is read of an archive's own descriptions.
const maxJSON = 16 << 20

// tarFile is an image archive whose entries are read in place: nothing of it
// is ever unpacked.
type tarFile struct {
	file    seekable
	entries map[string]entry
}

// seekable is what of an open file is used.
type seekable interface {
	io.ReadSeekCloser
	io.ReaderAt
}

type entry struct {
	offset, size int64
	link         string // the entry that this one stands for
}

// openTar lists the archive, and refuses one that is cut short or that would
// reach out of the folder it is unpacked into.
func openTar(name string) (*tarFile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", name, err)
	}
	archive, err := listTar(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("archive %s: %w", name, err)
	}
	return archive, nil
}

func listTar(file seekable) (*tarFile, error) {
	archive := &tarFile{file: file, entries: map[string]entry{}}
	return archive, archive.list()
}

func (t *tarFile) Close() error { return t.file.Close() }

func (t *tarFile) list() error {
	var magic [4]byte
	if _, err := io.ReadFull(t.file, magic[:]); err != nil {
		return errors.New("it is empty or cut short")
	}
	if bytes.HasPrefix(magic[:], []byte{0x1f, 0x8b}) || bytes.Equal(magic[:], []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return errors.New("it is compressed; decompress it (gunzip, unzstd) to a plain .tar")
	}
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	// A tar.Reader over a seeker skips contents, and does not read ahead: after
	// Next the file stands at the entry's first byte.
	for r := tar.NewReader(t.file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("it is cut short after %d whole entries; copy or save it again", len(t.entries))
		}
		if err != nil {
			return fmt.Errorf("it is no tar archive, or damaged, after %d whole entries: %w", len(t.entries), err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if err := t.add(header); err != nil {
			return err
		}
	}
}

func (t *tarFile) add(header *tar.Header) error {
	name := path.Clean(header.Name)
	if !inside(header.Name) {
		return fmt.Errorf("refused: entry %q reaches out of the archive", header.Name)
	}
	switch header.Typeflag {
	case tar.TypeDir:
		return nil
	case tar.TypeReg:
		offset, err := t.file.Seek(0, io.SeekCurrent)
		t.entries[name] = entry{offset: offset, size: header.Size}
		return err
	case tar.TypeSymlink, tar.TypeLink:
		target := header.Linkname
		if header.Typeflag == tar.TypeSymlink && !path.IsAbs(target) {
			target = path.Join(path.Dir(name), target)
		}
		if !inside(target) {
			return fmt.Errorf("refused: link %q points out of the archive, to %q", header.Name, header.Linkname)
		}
		t.entries[name] = entry{link: path.Clean(target)}
		return nil
	default:
		return fmt.Errorf("refused: entry %q is neither file, folder nor link (type %q)", header.Name, header.Typeflag)
	}
}

// inside tells whether an entry's name stays below the archive's root. A ..
// is refused even where it comes back: no image tool writes one.
func inside(name string) bool {
	return name != "" && !path.IsAbs(name) && !strings.ContainsAny(name, "\\\x00") &&
		!slices.Contains(strings.Split(name, "/"), "..")
}

// blob finds an entry's content, through links.
func (t *tarFile) blob(name string) (blob, error) {
	at := path.Clean(name)
	for range 8 {
		found, ok := t.entries[at]
		if !ok {
			return blob{}, fmt.Errorf("%s is missing from it: it is cut short, or was saved in part", name)
		}
		if found.link != "" {
			at = found.link
			continue
		}
		return blob{found.size, func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(t.file, found.offset, found.size)), nil
		}}, nil
	}
	return blob{}, fmt.Errorf("%s is a chain of links without an end", name)
}

func (t *tarFile) has(name string) bool {
	_, ok := t.entries[name]
	return ok
}

func (t *tarFile) read(name string) ([]byte, error) {
	found, err := t.blob(name)
	if err != nil {
		return nil, err
	}
	if found.size > maxJSON {
		return nil, fmt.Errorf("refused: %s has %d bytes, more than any description needs", name, found.size)
	}
	r, err := found.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (t *tarFile) json(name string, into any) error {
	data, err := t.read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("its %s: %w", name, err)
	}
	return nil
}

func bytesReader(data []byte) io.Reader { return bytes.NewReader(data) }
