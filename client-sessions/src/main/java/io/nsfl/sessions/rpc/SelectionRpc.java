package io.nsfl.sessions.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.AssignRequest;
import io.nsfl.protocol.v1.AssignResponse;
import io.nsfl.protocol.v1.CheckResourcesRequest;
import io.nsfl.protocol.v1.CheckResourcesResponse;
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
import io.nsfl.protocol.v1.SelectionServiceGrpc;
import io.nsfl.protocol.v1.WatchLeasesRequest;
import io.nsfl.sessions.Selection;
import io.nsfl.sessions.desk.LeaseListener;
import java.util.concurrent.CompletionStage;

/** {@code nsfl.v1.SelectionService} over {@link Selection}. Checks no secret: whoever binds it puts the check before it. */
public final class SelectionRpc extends SelectionServiceGrpc.SelectionServiceImplBase {
    private final Selection selection;

    public SelectionRpc(Selection selection) {
        this.selection = selection;
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
