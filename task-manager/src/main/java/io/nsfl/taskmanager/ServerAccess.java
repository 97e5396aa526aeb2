package io.nsfl.taskmanager;

import io.nsfl.servicekit.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this client reaches its server and the coordinators.
 *
 * @param tls whom it trusts and what it shows; absent = without TLS
 * @param serverName that certificates have to carry; empty = the host that is dialled
 * @param enrolmentTokenFile presented until the server has taken the client in
 */
public record ServerAccess(Optional<TlsFiles> tls, String serverName, Optional<Path> enrolmentTokenFile) {
    /** Without TLS or token. */
    public static final ServerAccess PLAIN = new ServerAccess(Optional.empty(), "", Optional.empty());
}
