package io.nsfl.servicekit.fault;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import java.time.Duration;
import java.util.Optional;

/** Faults as gRPC statuses and back. */
public final class GrpcFaults {
    static final Metadata.Key<String> FAULT = Metadata.Key.of(Headers.FAULT, Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> RETRY_AFTER_MS =
            Metadata.Key.of(Headers.RETRY_AFTER_MS, Metadata.ASCII_STRING_MARSHALLER);

    /** A status travels in a header, which is bounded. */
    private static final int MAX_DESCRIPTION = 2_000;

    private GrpcFaults() {}

    /** The status that a caller sees for this fault. */
    public static Status status(FaultException refusal) {
        return Status.fromCode(refusal.fault().grpcCode()).withDescription(shortened(refusal.getMessage()));
    }

    /** The trailers that go with it. */
    public static Metadata trailers(FaultException refusal) {
        Metadata trailers = new Metadata();
        trailers.put(FAULT, refusal.fault().name());
        refusal.retryAfter().ifPresent(wait -> trailers.put(RETRY_AFTER_MS, Long.toString(wait.toMillis())));
        return trailers;
    }

    /** Both, to end a call with. */
    public static StatusRuntimeException toStatus(FaultException refusal) {
        return status(refusal).asRuntimeException(trailers(refusal));
    }

    /**
     * What a failed call means to its caller: the fault that the other side named, else the nearest one to the status. Anything that
     * is not a status, and not a fault already, is INTERNAL_ERROR.
     */
    public static FaultException from(Throwable failure) {
        return switch (failure) {
            case FaultException already -> already;
            case StatusRuntimeException status -> from(status.getStatus(), status.getTrailers(), status);
            case StatusException status -> from(status.getStatus(), status.getTrailers(), status);
            default -> new FaultException(Fault.INTERNAL_ERROR, "A call failed: " + failure, failure);
        };
    }

    private static FaultException from(Status status, Metadata trailers, Exception cause) {
        Fault fault = named(trailers, status.getCode());
        String description = status.getDescription();
        String message = description == null || description.isBlank()
                ? "A call ended with " + status.getCode() + (status.getCause() == null ? "." : ": " + status.getCause())
                : description;
        return new FaultException(fault, message, retryAfter(trailers), cause);
    }

    private static Fault named(Metadata trailers, Status.Code code) {
        String name = trailers == null ? null : trailers.get(FAULT);
        return Optional.ofNullable(name).flatMap(Fault::named).orElseGet(() -> nearest(code));
    }

    private static Fault nearest(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS, NOT_FOUND, OUT_OF_RANGE ->
                Fault.REQUEST_INVALID;
            case UNAUTHENTICATED -> Fault.UNAUTHENTICATED;
            case PERMISSION_DENIED -> Fault.FORBIDDEN;
            // Services of ours name their own defects: an INTERNAL without a name is a stream that broke on its way.
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED, INTERNAL -> Fault.UNAVAILABLE;
            case DATA_LOSS -> Fault.TRANSFER_CORRUPT;
            case ABORTED -> Fault.STALE;
            case OK, UNKNOWN, UNIMPLEMENTED -> Fault.INTERNAL_ERROR;
        };
    }

    private static Duration retryAfter(Metadata trailers) {
        String millis = trailers == null ? null : trailers.get(RETRY_AFTER_MS);
        if (millis == null || !millis.matches("[0-9]{1,12}")) {
            return null;
        }
        return Duration.ofMillis(Long.parseLong(millis));
    }

    private static String shortened(String message) {
        return message.length() <= MAX_DESCRIPTION ? message : message.substring(0, MAX_DESCRIPTION) + "…";
    }
}
