package lab

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// awaitAnswer polls the engine's API on socket until it answers or the engine has
// ended.
func awaitAnswer(ctx context.Context, engine *service, socket string) error {
	return until(ctx, 30*time.Millisecond, func() error {
		if running, _, code := engine.state(); !running {
			return permanent{fmt.Errorf("the engine ended with exit code %s", code)}
		}
		return ping(socket)
	})
}

// ping requests /_ping of the engine's API.
func ping(socket string) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return new(net.Dialer).Dial("unix", socket)
		},
	}}
	response, err := client.Get("http://engine/_ping")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", socket, response.Status)
	}
	return nil
}
