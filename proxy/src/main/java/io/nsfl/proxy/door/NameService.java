package io.nsfl.proxy.door;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where a host is now; by this machine's own rules, search domains included. */
@FunctionalInterface
public interface NameService {
    InetAddress resolve(String host) throws UnknownHostException;
}
