package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/containerd/errdefs"
)

// ErrUnreachable is wrapped by Connect's error if nothing answered, so that the
// caller can start a lab engine instead.
var ErrUnreachable = errors.New("no engine answers")

// IsNotFound reports whether the engine answered that there is no such object (404).
func IsNotFound(err error) bool { return errdefs.IsNotFound(err) }

// IsConflict reports whether the engine refused because of an object's state (409).
func IsConflict(err error) bool { return errdefs.IsConflict(err) }

// IsFull reports whether the engine's disk is full.
func IsFull(err error) bool {
	return err != nil && strings.Contains(err.Error(), "no space left on device")
}

// diagnose says what failed and what to type on this machine.
func diagnose(endpoint Endpoint, err error) error { return here().diagnose(endpoint, err) }

func (s surroundings) diagnose(endpoint Endpoint, err error) error {
	where := fmt.Sprintf("%s (from %s)", endpoint.Host, endpoint.Origin)
	text := err.Error()
	var unknownAuthority x509.UnknownAuthorityError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, fs.ErrPermission), strings.Contains(text, "permission denied"), strings.Contains(text, "Access is denied"):
		return fmt.Errorf("no permission to use the engine at %s: %w\n%s", where, err, s.permission(endpoint))
	case errors.As(err, &unknownAuthority), errors.As(err, &certificate), strings.Contains(text, "tls:"), strings.Contains(text, "x509:"):
		return fmt.Errorf("the TLS handshake with the engine at %s failed: %w; check the certificates of the docker context, or DOCKER_CERT_PATH and DOCKER_TLS_VERIFY", where, err)
	case strings.Contains(text, "HTTP response to HTTPS client"), strings.Contains(text, "HTTP request to an HTTPS server"):
		return fmt.Errorf("the engine at %s and this client disagree on TLS: %w; set or unset DOCKER_TLS_VERIFY", where, err)
	case strings.Contains(text, "deadline exceeded"), strings.Contains(text, "Client.Timeout"):
		return fmt.Errorf("the engine at %s did not answer within 15 s: %w; is it starting, paused or behind a firewall?", where, err)
	default:
		return fmt.Errorf("%w at %s: %w\n%s", ErrUnreachable, where, err, s.remedy(endpoint))
	}
}

// refusal returns an error if Holdfast does not support the engine.
func (f Facts) refusal(endpoint Endpoint) error {
	if f.OS == "windows" {
		return fmt.Errorf("the engine at %s runs Windows containers, Holdfast tests Linux containers: switch Docker Desktop to Linux containers", endpoint.Host)
	}
	if older(f.API, MinAPI) {
		return fmt.Errorf("the engine at %s speaks API %s, Holdfast needs %s (Docker 19.03) or later: update the engine", endpoint.Host, f.API, MinAPI)
	}
	return nil
}
