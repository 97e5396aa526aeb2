package io.nsfl.servicekit.fault;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one translator from exceptions to gRPC statuses: whether thrown or handed to {@code onError}, a {@link FaultException} ends the call
 * with its status, {@code nsfl-fault} and {@code nsfl-retry-after-ms}. What nobody foresaw ends it with INTERNAL and an incident id;
 * the stack trace goes to the log beside that id and nowhere else. While the service is stopping, its parts go one after the other and what
 * fails then is answered UNAVAILABLE: the caller shall try again. The outermost interceptor.
 */
public final class GrpcFaultInterceptor implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(GrpcFaultInterceptor.class);

    private final IdSource incidents;
    private final BooleanSupplier stopping;

    public GrpcFaultInterceptor(IdSource incidents) {
        this(incidents, () -> false);
    }

    /** @param stopping whether the service is being ended */
    public GrpcFaultInterceptor(IdSource incidents, BooleanSupplier stopping) {
        this.incidents = incidents;
        this.stopping = stopping;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        TranslatedCall<Q, A> translated = new TranslatedCall<>(call);
        try {
            return new TranslatedListener<>(next.startCall(translated, headers), translated);
        } catch (RuntimeException thrown) {
            translated.fail(thrown);
            return new ServerCall.Listener<>() {};
        }
    }

    private final class TranslatedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean closed = new AtomicBoolean();

        TranslatedCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            // A status that was chosen with care passes; one that was made from an exception is translated.
            if (cause != null && (status.getCode() == Status.Code.UNKNOWN || cause instanceof FaultException)) {
                fail(cause);
            } else if (closed.compareAndSet(false, true)) {
                super.close(status, trailers);
            }
        }

        void fail(Throwable thrown) {
            if (!closed.compareAndSet(false, true)) {
                log.debug("A call that had ended failed once more: {}", thrown.toString());
                return;
            }
            FaultException fault = thrown instanceof FaultException known && known.fault() != Fault.INTERNAL_ERROR
                    ? known
                    : unforeseen(thrown);
            super.close(GrpcFaults.status(fault), GrpcFaults.trailers(fault));
        }

        private FaultException unforeseen(Throwable thrown) {
            if (stopping.getAsBoolean()) {
                log.info(
                        "Call {} failed while the service is stopping: {}",
                        getMethodDescriptor().getFullMethodName(),
                        thrown.toString());
                return new FaultException(Fault.UNAVAILABLE, "The service is stopping: try again.");
            }
            String incident = incidents.next();
            log.error(
                    "Incident {}: call {} failed without a fault of its own",
                    incident,
                    getMethodDescriptor().getFullMethodName(),
                    thrown);
            return new FaultException(
                    Fault.INTERNAL_ERROR, "Server Internal Error. (Incident " + incident + " in the server's log.)");
        }
    }

    private static final class TranslatedListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final GrpcFaultInterceptor.TranslatedCall<Q, ?> call;

        TranslatedListener(ServerCall.Listener<Q> listener, GrpcFaultInterceptor.TranslatedCall<Q, ?> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            translating(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            translating(super::onHalfClose);
        }

        @Override
        public void onReady() {
            translating(super::onReady);
        }

        private void translating(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException thrown) {
                call.fail(thrown);
            }
        }
    }
}
