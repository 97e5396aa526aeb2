/** Chunked, checksummed, resumable transfer of bytes over gRPC streams. */
package io.nsfl.protocol.transfer;
