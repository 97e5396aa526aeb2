package io.nsfl.sessions.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings changed clients into the store, away from the sessions' thread and one batch at a time; a batch that fails is tried again with
 * the next.
 */
public final class ClientFlush {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFlush.class);

    private final Registry registry;
    private final ClientStore store;
    private final Executor writer;
    private final Executor sessions;
    private final List<String> toDelete = new ArrayList<>();
    private boolean underWay;
    private boolean failing;

    /**
     * @param writer where the store is called
     * @param sessions the sessions' own thread, where the outcome is handled
     */
    public ClientFlush(Registry registry, ClientStore store, Executor writer, Executor sessions) {
        this.registry = registry;
        this.store = store;
        this.writer = writer;
        this.sessions = sessions;
    }

    public void delete(String clientId) {
        toDelete.add(clientId);
    }

    /** Begins to write what has changed, unless a batch is under way. */
    public void begin() {
        if (underWay) {
            return;
        }
        Set<Client> changed = registry.takeChanged();
        List<String> gone = List.copyOf(toDelete);
        toDelete.clear();
        if (changed.isEmpty() && gone.isEmpty()) {
            return;
        }
        underWay = true;
        List<ObjectNode> snapshots = changed.stream().map(ClientDocument::write).toList();
        writer.execute(() -> {
            Optional<RuntimeException> failure = write(snapshots, gone);
            sessions.execute(() -> ended(changed, gone, failure));
        });
    }

    private Optional<RuntimeException> write(List<ObjectNode> snapshots, List<String> gone) {
        try {
            store.write(snapshots);
            gone.forEach(store::delete);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    private void ended(Set<Client> changed, List<String> gone, Optional<RuntimeException> failure) {
        underWay = false;
        failure.ifPresent(e -> {
            if (!failing) {
                LOG.warn("Clients could not be written and are tried again: {}", e.getMessage());
            }
            changed.forEach(registry::changed);
            toDelete.addAll(gone);
        });
        failing = failure.isPresent();
    }
}
