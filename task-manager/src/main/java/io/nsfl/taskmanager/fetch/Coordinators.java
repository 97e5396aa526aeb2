package io.nsfl.taskmanager.fetch;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Channels to the jobs' coordinators: the client's own channel to the server where the assignment names no address, else one for each address.
 * Every call carries the job's route. Safe from any thread.
 */
public final class Coordinators implements AutoCloseable {
    private final Channel server;
    private final Function<String, ManagedChannel> opener;
    private final Map<String, ManagedChannel> byAddress = new HashMap<>();

    /** @param server the channel to the server; stays the caller's @param opener opens a channel to {@code host:port} */
    public Coordinators(Channel server, Function<String, ManagedChannel> opener) {
        this.server = server;
        this.opener = opener;
    }

    public synchronized Channel of(Assignment assignment) {
        String address = assignment.getCoordinatorAddress();
        Channel channel = address.isEmpty() ? server : byAddress.computeIfAbsent(address, opener);
        return ClientInterceptors.intercept(channel, SecretClientInterceptor.job(assignment.getRoute()));
    }

    /** Closes the channels to all other addresses. */
    public synchronized void retain(Set<String> addresses) {
        byAddress.entrySet().removeIf(entry -> {
            boolean unused = !addresses.contains(entry.getKey());
            if (unused) {
                entry.getValue().shutdown();
            }
            return unused;
        });
    }

    @Override
    public synchronized void close() {
        byAddress.values().forEach(ManagedChannel::shutdownNow);
        byAddress.clear();
    }
}
