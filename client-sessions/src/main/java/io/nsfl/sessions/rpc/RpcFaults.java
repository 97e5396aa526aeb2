package io.nsfl.sessions.rpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** A fault as a gRPC status: its code, its sentence, and in the trailers its name and when to ask again. */
final class RpcFaults {
    private static final Metadata.Key<String> FAULT = Metadata.Key.of(Headers.FAULT, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RETRY_AFTER_MS =
            Metadata.Key.of(Headers.RETRY_AFTER_MS, Metadata.ASCII_STRING_MARSHALLER);

    private static final int LONGEST = 2_000;

    private RpcFaults() {}

    static StatusRuntimeException of(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        if (!(failure instanceof FaultException fault)) {
            return of(new FaultException(
                    Fault.INTERNAL_ERROR, "The call failed by a defect of the server; its log says more.", failure));
        }
        Metadata trailers = new Metadata();
        trailers.put(FAULT, fault.fault().name());
        fault.retryAfter().ifPresent(after -> trailers.put(RETRY_AFTER_MS, Long.toString(after.toMillis())));
        return Status.fromCode(fault.fault().grpcCode())
                .withDescription(shortened(fault.getMessage()))
                .asRuntimeException(trailers);
    }

    /** A status travels in a header, which is bounded. */
    private static String shortened(String message) {
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
    }

    /** The server is full: not a fault of this client, and it passes. */
    static StatusRuntimeException full(int most, Duration retryAfter) {
        Metadata trailers = new Metadata();
        trailers.put(RETRY_AFTER_MS, Long.toString(retryAfter.toMillis()));
        return Status.RESOURCE_EXHAUSTED
                .withDescription("The server holds " + most + " streams, as many as it may; come back later.")
                .asRuntimeException(trailers);
    }
}
