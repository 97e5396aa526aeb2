/** Channels and servers as the platform wants them: keepalive, windows for bulk transfer, back-off. */
package io.nsfl.servicekit.grpc;
