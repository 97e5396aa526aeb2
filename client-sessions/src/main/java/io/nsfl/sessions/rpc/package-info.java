/** The gRPC services of the clients' sessions: streams in, calls in, translated at once. */
package io.nsfl.sessions.rpc;
