package gate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
)

// begin begins a flow. If the gateway runs on this machine and the key may name
// the path, begin sends the path of a file; otherwise it sends the bytes. It
// says which of the two was done.
func begin(ctx context.Context, env *frame.Env, c *client.Client, in client.Send, always bool) (f client.Flow, err error) {
	if in.Source.Kind != client.SourceFile {
		return c.Flows().Send(ctx, in)
	}
	path := in.Source.Place
	if !always && sameMachine(env.DataDir) {
		f, err := c.Flows().Send(ctx, in)
		if !mayNotName(err) {
			if err == nil {
				fmt.Fprintf(env.Err, env.Word("the gateway reads %s where it lies\n", "网关就地读取 %s\n"), path)
			}
			return f, err
		}
	}
	if in.Source, err = upload(ctx, env, c, in.From, path); err != nil {
		return f, err
	}
	return c.Flows().Send(ctx, in)
}

// sameMachine reports whether the gateway of a data directory runs on this
// machine.
func sameMachine(dir string) bool {
	e, err := client.ReadEndpoint(dir)
	if err != nil {
		return false
	}
	u, err := url.Parse(e.URL)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback() || u.Hostname() == "localhost"
}

// mayNotName reports whether a gateway refused to read a file at its path.
func mayNotName(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Code == "source.path"
}

// upload sends a file to the gateway.
func upload(ctx context.Context, env *frame.Env, c *client.Client, owner, path string) (client.Source, error) {
	announced, file, err := input.OpenUpload(path)
	if err != nil {
		return client.Source{}, err
	}
	defer file.Close()
	announced.Owner = owner
	up, err := c.Uploads().Add(ctx, announced, file)
	if err != nil {
		return client.Source{}, err
	}
	fmt.Fprintf(env.Err, env.Word("%s was sent to the gateway (%d bytes); it is deleted there when the flow has ended\n", "%s 已发送至网关（%d 字节）；流转结束后即在网关删除\n"), path, up.Size)
	return up.Source, nil
}
