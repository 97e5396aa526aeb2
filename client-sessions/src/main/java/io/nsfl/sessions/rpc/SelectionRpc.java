package io.nsfl.sessions.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.AssignResponse;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
import io.nsfl.protocol.v1.CreateEnrolmentTokenRequest;
import io.nsfl.protocol.v1.CreateEnrolmentTokenResponse;
import io.nsfl.protocol.v1.ExplainSelectionRequest;
import io.nsfl.protocol.v1.ExplainSelectionResponse;
import io.nsfl.protocol.v1.LeaseEvent;
import io.nsfl.protocol.v1.ListClientsRequest;
import io.nsfl.protocol.v1.ListClientsResponse;
import io.nsfl.protocol.v1.ReleaseRequest;
import io.nsfl.protocol.v1.ReleaseResponse;
import io.nsfl.protocol.v1.RenewRequest;
import io.nsfl.protocol.v1.RenewResponse;
import io.nsfl.protocol.v1.ReserveRequest;
import io.nsfl.protocol.v1.ReserveResponse;
import io.nsfl.protocol.v1.RevokeEnrolmentRequest;
import io.nsfl.protocol.v1.RevokeEnrolmentResponse;
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.Selection;
import io.nsfl.sessions.desk.LeaseListener;
import io.nsfl.sessions.enrolment.Enrolments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** {@code nsfl.v1.SelectionService} over {@link Selection}. Checks no secret: whoever binds it puts the check before it. */
public final class SelectionRpc extends SelectionServiceGrpc.SelectionServiceImplBase {
    private static final int MOST_USES = 10_000;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(366);

    private final Selection selection;
    private final Enrolments enrolments;
    private final Executor enrolling;
    private final Consumer<String> dismiss;

    /** @param enrolling may wait for the store @param dismiss ends a client's stream */
    public SelectionRpc(Selection selection, Enrolments enrolments, Executor enrolling, Consumer<String> dismiss) {
        this.selection = selection;
        this.enrolments = enrolments;
        this.enrolling = enrolling;
        this.dismiss = dismiss;
    }

    @Override
    public void createEnrolmentToken(
            CreateEnrolmentTokenRequest request, StreamObserver<CreateEnrolmentTokenResponse> answer) {
        complete(CompletableFuture.supplyAsync(() -> issue(request), enrolling), answer);
    }

    private CreateEnrolmentTokenResponse issue(CreateEnrolmentTokenRequest request) {
        long seconds = request.getLifetimeS() == 0 ? DAY.toSeconds() : request.getLifetimeS();
        int uses = request.getUses() == 0 ? 1 : request.getUses();
        if (uses < 1 || uses > MOST_USES || seconds < 1 || seconds > LONGEST_LIFE.toSeconds()) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "An enrolment token is for 1 to " + MOST_USES + " clients and lives for at most "
                            + LONGEST_LIFE.toSeconds() + " s; given: " + uses + " clients, " + seconds + " s.");
        }
        Enrolments.NewToken token = enrolments.issue(uses, Duration.ofSeconds(seconds));
        return CreateEnrolmentTokenResponse.newBuilder()
                .setToken(token.text())
                .setExpiresMs(token.expiresMs())
                .build();
    }

    @Override
    public void revokeEnrolment(RevokeEnrolmentRequest request, StreamObserver<RevokeEnrolmentResponse> answer) {
        complete(
                CompletableFuture.supplyAsync(
                        () -> {
                            enrolments.revoke(request.getClientId());
                            dismiss.accept(request.getClientId());
                            return RevokeEnrolmentResponse.getDefaultInstance();
                        },
                        enrolling),
                answer);
    }

    @Override
    public void checkResources(CheckResourcesRequest request, StreamObserver<CheckResourcesResponse> answer) {
        complete(selection.check(request), answer);
    }

    @Override
    public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
        complete(selection.reserve(request), answer);
    }

    @Override
    public void assign(AssignRequest request, StreamObserver<AssignResponse> answer) {
        complete(selection.assign(request).thenApply(done -> AssignResponse.getDefaultInstance()), answer);
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
        complete(selection.renew(request), answer);
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
        complete(selection.release(request).thenApply(done -> ReleaseResponse.getDefaultInstance()), answer);
    }

    @Override
    public void listClients(ListClientsRequest request, StreamObserver<ListClientsResponse> answer) {
        complete(selection.list(request), answer);
    }

    @Override
    public void explainSelection(ExplainSelectionRequest request, StreamObserver<ExplainSelectionResponse> answer) {
        complete(selection.explain(request), answer);
    }

    @Override
    public void watchLeases(WatchLeasesRequest request, StreamObserver<LeaseEvent> answer) {
        ServerCallStreamObserver<LeaseEvent> events = (ServerCallStreamObserver<LeaseEvent>) answer;
        Selection.Watch watch = selection.watch(request, new LeaseListener() {
            @Override
            public void event(LeaseEvent event) {
                if (!events.isCancelled()) {
                    events.onNext(event);
                }
            }

            @Override
            public void ended(FaultException reason) {
                if (!events.isCancelled()) {
                    events.onError(RpcFaults.of(reason));
                }
            }
        });
        events.setOnCancelHandler(watch::close);
        events.setOnCloseHandler(watch::close);
    }

    private static <T> void complete(CompletionStage<T> call, StreamObserver<T> answer) {
        call.whenComplete((value, failure) -> {
            if (failure != null) {
                answer.onError(RpcFaults.of(failure));
                return;
            }
            answer.onNext(value);
            answer.onCompleted();
        });
    }
}
