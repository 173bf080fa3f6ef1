package images

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// list reads an archive to its end, so that a truncated one is an error. It
// returns the archive's files, and the index of an OCI layout or nil. It refuses
// entries and links that point out of the archive, and links to links, which
// the tarball package would follow without end.
func list(archive string) (files map[string]bool, index *v1.IndexManifest, err error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	var magic [4]byte
	if _, err := io.ReadFull(file, magic[:]); err != nil {
		return nil, nil, errors.New("it is empty or truncated")
	}
	if bytes.HasPrefix(magic[:], []byte{0x1f, 0x8b}) || bytes.Equal(magic[:], []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return nil, nil, errors.New("it is compressed; decompress it (gunzip, unzstd) to a plain .tar")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	files = map[string]bool{}
	links := map[string]string{}
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, nil, fmt.Errorf("it is truncated after %d files; copy or save it again", len(files))
		}
		if err != nil {
			return nil, nil, fmt.Errorf("it is not a tar archive, or damaged after %d files: %w", len(files), err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name := path.Clean(header.Name)
		if !filepath.IsLocal(header.Name) {
			return nil, nil, fmt.Errorf("refused: entry %q points out of the archive", header.Name)
		}
		switch header.Typeflag {
		case tar.TypeDir:
		case tar.TypeReg:
			files[name] = true
			if name != "index.json" {
				continue
			}
			if index, err = v1.ParseIndexManifest(r); err != nil {
				return nil, nil, fmt.Errorf("reading its index.json: %w", err)
			}
		case tar.TypeSymlink, tar.TypeLink:
			links[header.Name] = path.Join(path.Dir(name), header.Linkname)
		default:
			return nil, nil, fmt.Errorf("refused: entry %q is not a file, a directory or a link (type %q)", header.Name, header.Typeflag)
		}
	}
	for link, target := range links {
		if !files[target] {
			return nil, nil, fmt.Errorf("refused: link %q does not lead to a file of the archive", link)
		}
	}
	return files, index, nil
}

// unpack extracts the files of an archive into a new directory below scratch.
// os.Root keeps them there.
func unpack(archive, scratch string) (dir string, err error) {
	if dir, err = os.MkdirTemp(scratch, "layout-"); err != nil {
		return "", err
	}
	file, err := os.Open(archive)
	if err != nil {
		return "", err
	}
	defer file.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir, nil
		}
		if err == nil && header.Typeflag == tar.TypeReg {
			err = extract(root, header.Name, r)
		}
		if err != nil {
			return "", fmt.Errorf("unpacking it: %w", err)
		}
	}
}

func extract(root *os.Root, name string, content io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
