package io.nsfl.proxy.door;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * A stream that wants to be let in.
 *
 * @param path of the request, as it came
 * @param job the header {@code nsfl-job}; empty = none
 * @param client address of the connection's other end
 * @param certificate that the connection was opened with and nginx has verified
 */
public record Question(String path, String job, String client, Optional<X509Certificate> certificate) {}
