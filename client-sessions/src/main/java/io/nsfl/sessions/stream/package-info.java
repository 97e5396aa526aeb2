/** The clients' streams: the handshake, signs of life and flow control. Generated gRPC stubs appear in {@code rpc} only. */
package io.nsfl.sessions.stream;
