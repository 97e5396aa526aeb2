package io.nsfl.sessions.desk;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.Directive;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.Report;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.protocol.v1.TaskStatus;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.SessionSettings;
import io.nsfl.sessions.lease.LedgerStore;
import io.nsfl.sessions.lease.Ledgers;
import io.nsfl.sessions.lease.RunLedger;
import io.nsfl.sessions.registry.Client;
import io.nsfl.sessions.registry.ClientFlush;
import io.nsfl.sessions.registry.ClientProfile;
import io.nsfl.sessions.registry.ClientStore;
import io.nsfl.sessions.registry.Registry;
import io.nsfl.sessions.stream.ClientChannel;
import io.nsfl.storage.document.DocumentStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The sessions' state and everything that may happen to it. Not thread-safe: one thread calls it, and after each call, or after a few of
 * them, {@link #flush}; only then are answers given, events told and messages sent.
 */
public final class SessionDesk {
    private static final Duration FORGETTING = Duration.ofMinutes(10);

    private final InstantSource clock;
    private final Registry registry = new Registry();
    private final Ledgers ledgers = new Ledgers();
    private final Watchers watchers = new Watchers(registry);
    private final Effects effects;
    private final Runs runs;
    private final Connecting connecting;
    private final Selecting selecting;
    private final Leasing leasing;
    private final Expiring expiring;
    private final ClientViews views;
    private final ClientFlush clientFlush;
    private long forgottenMs;

    /**
     * Reads what the store holds.
     *
     * @param writer where clients are written; the leases are written on the calling thread
     * @param sessions the thread that calls this desk
     */
    public SessionDesk(
            SessionSettings settings,
            DocumentStore store,
            InstantSource clock,
            IdSource ids,
            Executor writer,
            Executor sessions) {
        this.clock = clock;
        LedgerStore ledgerStore = new LedgerStore(store);
        ClientStore clientStore = new ClientStore(store);
        ledgerStore.load().forEach(ledger -> ledgers.restore(ledger, now()));
        clientStore.load(registry, now());
        effects = new Effects(ledgerStore);
        LeaseChanges changes = new LeaseChanges(registry, ledgers, effects, watchers);
        Sending sending = new Sending(registry, ledgers, changes);
        runs = new Runs(ledgers, effects, watchers, changes);
        connecting = new Connecting(settings, registry, ledgers, changes, effects, sending, ids);
        selecting = new Selecting(settings, registry, ledgers, runs, changes);
        leasing = new Leasing(ledgers, runs, changes, effects, sending);
        views = new ClientViews(registry, ledgers);
        clientFlush = new ClientFlush(registry, clientStore, writer, sessions);
        expiring =
                new Expiring(settings, registry, ledgers, ledgerStore, changes, effects, sending, clientFlush::delete);
        forgottenMs = now();
    }

    private long now() {
        return clock.millis();
    }

    /** A client whose signature was verified has registered. */
    public void register(ClientChannel channel, ClientProfile profile, String sessionId, List<TaskStatus> tasks) {
        connecting.register(channel, profile, sessionId, tasks, now());
    }

    public void report(ClientChannel channel, String clientId, Report report) {
        connecting.report(channel, clientId, report, now());
    }

    public void beat(ClientChannel channel, String clientId) {
        connecting.beat(channel, clientId, now());
    }

    public void taskStatus(ClientChannel channel, String clientId, TaskStatus status) {
        connecting.taskStatus(channel, clientId, status, now());
    }

    public void quit(ClientChannel channel, String clientId, String reason) {
        connecting.quit(channel, clientId, reason, now());
    }

    /** The stream ended without a Quit. */
    public void broken(ClientChannel channel, String clientId) {
        connecting.broken(channel, clientId, now());
    }

    /** Ends the client's stream, where it has one. */
    public void dismiss(String clientId, FaultException reason) {
        registry.find(clientId).flatMap(Client::channel).ifPresent(channel -> {
            channel.close(reason);
            connecting.broken(channel, clientId, now());
        });
    }

    public void check(CheckResourcesRequest request, CompletableFuture<CheckResourcesResponse> call) {
        answer(call, () -> selecting.check(request, now()));
    }

    public void reserve(ReserveRequest request, CompletableFuture<ReserveResponse> call) {
        answer(call, () -> selecting.reserve(request, now()));
    }

    public void assign(AssignRequest request, CompletableFuture<Void> call) {
        answer(call, () -> {
            leasing.assign(request, now());
            return null;
        });
    }

    public void renew(RenewRequest request, CompletableFuture<RenewResponse> call) {
        answer(call, () -> leasing.renew(request, now()));
    }

    public void release(ReleaseRequest request, CompletableFuture<Void> call) {
        answer(call, () -> {
            leasing.release(request, now());
            return null;
        });
    }

    public void list(ListClientsRequest request, CompletableFuture<ListClientsResponse> call) {
        answer(call, () -> views.list(request));
    }

    public void explain(ExplainSelectionRequest request, CompletableFuture<ExplainSelectionResponse> call) {
        answer(call, () -> selecting.explain(request));
    }

    /** Opens a watch; what closes it again. It may have ended before. */
    public Runnable watch(WatchLeasesRequest request, LeaseListener listener) {
        Watchers.Watcher watcher =
                new Watchers.Watcher(request.getRun().getRun(), request.getRun().getEpoch(), listener);
        try {
            RunLedger ledger = runs.admit(request.getRun(), now());
            effects.then(() -> watchers.add(watcher, ledger));
        } catch (FaultException refused) {
            effects.then(() -> listener.ended(refused));
        }
        return () -> watchers.remove(watcher);
    }

    private <T> void answer(CompletableFuture<T> call, Supplier<T> work) {
        try {
            effects.answer(call, work.get());
        } catch (FaultException refused) {
            effects.refuse(call, refused);
        }
    }

    /** To be called about once a second: what time brings. */
    public void tick() {
        expiring.pass(now());
        clientFlush.begin();
        if (now() - forgottenMs >= FORGETTING.toMillis()) {
            forgottenMs = now();
            expiring.forget(now());
        }
    }

    /** Makes what was decided durable and lets it take effect. */
    public void flush() {
        effects.flush(now());
    }

    /** The last call: clients come back later, watches end. */
    public void close(Duration comeBackAfter) {
        ServerEvent goodbye = ServerEvent.newBuilder()
                .setDirective(Directive.newBuilder().setComeBackAfterMs(comeBackAfter.toMillis()))
                .build();
        registry.all()
                .forEach(client -> client.channel().ifPresent(channel -> {
                    channel.send(goodbye);
                    channel.complete();
                }));
        watchers.endAll(new FaultException(
                Fault.UNAVAILABLE, "The client-selector goes down; open the watch again when it is back."));
        effects.close(now());
        clientFlush.begin();
    }
}
