package io.nsfl.sessions.registry;

import io.nsfl.sessions.stream.ClientChannel;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** All known clients by id. Used by the sessions' own thread only. */
public final class Registry {
    private final Map<String, Client> clients = new TreeMap<>();
    private final Set<Client> changed = new HashSet<>();

    /** The client registered on this stream; a new one is remembered. */
    public Client connect(ClientProfile profile, String sessionId, ClientChannel channel, long nowMs) {
        Client client = clients.computeIfAbsent(profile.id(), id -> new Client(profile, sessionId, nowMs));
        client.connected(profile, sessionId, channel, nowMs);
        changed(client);
        return client;
    }

    /** The client's stream is gone; state says whether it may come back. */
    public void disconnect(Client client, ClientState state, long nowMs) {
        client.away(state, nowMs);
        changed(client);
    }

    void restore(Client client) {
        clients.put(client.id(), client);
    }

    public Optional<Client> find(String id) {
        return Optional.ofNullable(clients.get(id));
    }

    /** In the order of their ids. */
    public Collection<Client> all() {
        return Collections.unmodifiableCollection(clients.values());
    }

    public void forget(Client client) {
        clients.remove(client.id());
        changed.remove(client);
    }

    /** What is stored of the client is not what is known. */
    public void changed(Client client) {
        changed.add(client);
    }

    /** The clients that changed since the last call. */
    public Set<Client> takeChanged() {
        Set<Client> taken = Set.copyOf(changed);
        changed.clear();
        return taken;
    }
}
