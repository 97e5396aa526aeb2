/** Failures by name: the catalogue, the exception that carries one, and the violations of a request. */
package io.nsfl.protocol.fault;
