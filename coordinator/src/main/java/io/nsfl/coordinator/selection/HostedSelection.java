package io.nsfl.coordinator.selection;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.ClientSessions;
import io.nsfl.sessions.desk.LeaseListener;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The clients' sessions that this process hosts itself, in direct mode. */
public final class HostedSelection implements ClientSelection {
    private final ClientSessions sessions;

    /** @param sessions closed with this */
    public HostedSelection(ClientSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public ReserveResponse reserve(ReserveRequest request) {
        return await(sessions.selection().reserve(request));
    }

    @Override
    public void assign(AssignRequest request) {
        await(sessions.selection().assign(request));
    }

    @Override
    public void release(ReleaseRequest request) {
        await(sessions.selection().release(request));
    }

    @Override
    public void renew(RunRef run) {
        await(sessions.selection().renew(RenewRequest.newBuilder().setRun(run).build()));
    }

    @Override
    public void watch(RunRef run, Consumer<LeaseEvent> listener, Consumer<String> superseded) {
        sessions.selection().watch(WatchLeasesRequest.newBuilder().setRun(run).build(), new LeaseListener() {
            @Override
            public void event(LeaseEvent event) {
                listener.accept(event);
            }

            @Override
            public void ended(FaultException reason) {
                if (reason.fault() == Fault.STALE_RUN) {
                    superseded.accept(reason.getMessage());
                }
            }
        });
    }

    @Override
    public void close() {
        sessions.close();
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof FaultException fault ? fault : failed;
        }
    }
}
