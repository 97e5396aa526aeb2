package io.nsfl.taskmanager.launch;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out which executor calls, by its credential, and lets nobody else in. One executor serves one run of one job, so whoever answers
 * for an executor's id answers for that run and for no other.
 */
public final class ExecutorCaller implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of(Headers.EXECUTOR, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CALLER = Context.key("executor");

    private final Function<String, Optional<String>> executors;

    /** @param executors the id of the executor that has this credential; compares in constant time */
    public ExecutorCaller(Function<String, Optional<String>> executors) {
        this.executors = executors;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!TaskManagerServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        String presented = headers.get(HEADER);
        String caller = Optional.ofNullable(presented)
                .flatMap(executors)
                .orElseThrow(() -> new FaultException(
                        Fault.UNAUTHENTICATED,
                        "This call needs the metadata " + HEADER.name() + " with an executor's credential; it "
                                + (presented == null ? "had none." : "had another one.")));
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
    }

    /**
     * That the caller speaks for itself.
     *
     * @throws FaultException FORBIDDEN when it gave another executor's id
     */
    static void require(String executorId) {
        String caller = CALLER.get();
        if (!executorId.equals(caller)) {
            throw forbidden(caller, executorId);
        }
    }

    /**
     * Likewise about a task of this run.
     *
     * @throws FaultException FORBIDDEN when it gave another executor's id, or names another run's task
     */
    static void require(String executorId, ExecutorKey run) {
        require(executorId);
        if (!run.owns(executorId)) {
            throw forbidden(executorId, run.name());
        }
    }

    private static FaultException forbidden(String caller, String other) {
        return new FaultException(
                Fault.FORBIDDEN,
                "Executor " + caller + " may speak for its own tasks only, not for those of " + other + ".");
    }
}
