package io.nsfl.protocol.fault;

import static io.nsfl.protocol.fault.FaultCategory.EXTERNAL;
import static io.nsfl.protocol.fault.FaultCategory.INTERNAL;
import static io.nsfl.protocol.fault.FaultCategory.RESOURCES;
import static io.nsfl.protocol.fault.FaultCategory.USER;

import io.grpc.Status;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every failure the platform knows by name. A fault has one category, one gRPC status and one HTTP status; the sentence for a
 * person comes with the {@link FaultException} or with the refusal that carries it. {@code docs/faults.md} has a section for each.
 *
 * <p>Constants are added here and never renamed: their names travel (REST {@code code}, trailer {@code nsfl-fault}, events).
 */
public enum Fault {
    // Requests
    REQUEST_INVALID(USER, Status.Code.INVALID_ARGUMENT, 403),
    REQUEST_TOO_LARGE(USER, Status.Code.INVALID_ARGUMENT, 413),
    UNAUTHENTICATED(USER, Status.Code.UNAUTHENTICATED, 401),
    FORBIDDEN(USER, Status.Code.PERMISSION_DENIED, 403),
    ATTEMPTS_EXCEEDED(USER, Status.Code.RESOURCE_EXHAUSTED, 429),
    PATH_UNKNOWN(USER, Status.Code.UNIMPLEMENTED, 404),
    METHOD_UNSUPPORTED(USER, Status.Code.UNIMPLEMENTED, 405),

    // Jobs
    JOB_NOT_FOUND(USER, Status.Code.NOT_FOUND, 404),
    JOB_EXISTS(USER, Status.Code.ALREADY_EXISTS, 403),
    JOB_OPERATION_FORBIDDEN(USER, Status.Code.FAILED_PRECONDITION, 403),
    NAMESPACE_ABSENT(USER, Status.Code.FAILED_PRECONDITION, 403),
    MODEL_NOT_FOUND(USER, Status.Code.NOT_FOUND, 403),
    CHECKPOINT_NOT_FOUND(USER, Status.Code.NOT_FOUND, 403),

    // Models
    MODEL_REQUEST_INVALID(USER, Status.Code.INVALID_ARGUMENT, 400),
    MODEL_ABSENT(USER, Status.Code.NOT_FOUND, 404),
    MODEL_VERSION_EXISTS(USER, Status.Code.ALREADY_EXISTS, 409),
    MODEL_OPERATION_FORBIDDEN(USER, Status.Code.FAILED_PRECONDITION, 400),
    MODEL_CONTENT_CONFLICT(USER, Status.Code.FAILED_PRECONDITION, 409),

    // Runs, rounds, tasks
    STALE_RUN(USER, Status.Code.ABORTED, 409),
    STALE(USER, Status.Code.ABORTED, 409),
    TOKEN_INVALID(USER, Status.Code.UNAUTHENTICATED, 401),
    ARTIFACT_UNKNOWN(USER, Status.Code.NOT_FOUND, 404),
    CLIENTS_INSUFFICIENT(RESOURCES, Status.Code.FAILED_PRECONDITION, 503),
    LEASE_UNKNOWN(USER, Status.Code.NOT_FOUND, 404),
    CLIENT_UNKNOWN(USER, Status.Code.NOT_FOUND, 404),
    UPLOADS_BUSY(RESOURCES, Status.Code.RESOURCE_EXHAUSTED, 503),
    ROUND_FAILED(RESOURCES, Status.Code.ABORTED, 409),
    PRIVACY_BUDGET_EXCEEDED(USER, Status.Code.FAILED_PRECONDITION, 409),

    // Updates: why one is refused (vectors: update_checks)
    TRANSFER_CORRUPT(EXTERNAL, Status.Code.DATA_LOSS, 400),
    UPDATE_MALFORMED(USER, Status.Code.INVALID_ARGUMENT, 400),
    SHAPE(USER, Status.Code.INVALID_ARGUMENT, 400),
    NON_FINITE(USER, Status.Code.INVALID_ARGUMENT, 400),
    BAD_WEIGHT(USER, Status.Code.INVALID_ARGUMENT, 400),
    BAD_METRIC(USER, Status.Code.INVALID_ARGUMENT, 400),
    NORM(USER, Status.Code.INVALID_ARGUMENT, 400),
    OUT_OF_RANGE(USER, Status.Code.OUT_OF_RANGE, 400),
    DUPLICATE(USER, Status.Code.ALREADY_EXISTS, 409),
    UPDATE_TOO_LATE(USER, Status.Code.ABORTED, 409),

    // Model files
    MODEL_UNREADABLE(USER, Status.Code.INVALID_ARGUMENT, 403),
    MODEL_HOSTILE(USER, Status.Code.INVALID_ARGUMENT, 403),

    // Clients and scripts
    TASK_REFUSED(RESOURCES, Status.Code.RESOURCE_EXHAUSTED, 503),
    TASK_CONFIG_INVALID(USER, Status.Code.FAILED_PRECONDITION, 403),
    SCRIPT_FAILED(USER, Status.Code.ABORTED, 409),
    SCRIPT_TIMEOUT(USER, Status.Code.DEADLINE_EXCEEDED, 409),
    SCRIPT_OUT_OF_MEMORY(RESOURCES, Status.Code.RESOURCE_EXHAUSTED, 409),
    SCRIPT_KILLED(EXTERNAL, Status.Code.ABORTED, 409),
    EXTENDER_FAILED(USER, Status.Code.ABORTED, 409),
    RESULT_MISSING(USER, Status.Code.FAILED_PRECONDITION, 409),
    STORAGE_FULL(RESOURCES, Status.Code.RESOURCE_EXHAUSTED, 503),
    STORAGE_UNSUITABLE(USER, Status.Code.FAILED_PRECONDITION, 503),

    // Workloads
    WORKLOAD_FAILED(EXTERNAL, Status.Code.ABORTED, 503),
    COORDINATOR_LOST(EXTERNAL, Status.Code.ABORTED, 503),
    JOURNAL_DAMAGED(EXTERNAL, Status.Code.DATA_LOSS, 500),

    // Parts the platform stands on
    DATABASE_UNAVAILABLE(EXTERNAL, Status.Code.UNAVAILABLE, 503),
    STORAGE_UNAVAILABLE(EXTERNAL, Status.Code.UNAVAILABLE, 503),
    SELECTOR_UNAVAILABLE(EXTERNAL, Status.Code.UNAVAILABLE, 503),
    UNAVAILABLE(EXTERNAL, Status.Code.UNAVAILABLE, 503),
    CONFIGURATION_INVALID(USER, Status.Code.FAILED_PRECONDITION, 500),
    INTERNAL_ERROR(INTERNAL, Status.Code.INTERNAL, 500);

    private final FaultCategory category;
    private final Status.Code grpcCode;
    private final int httpStatus;

    Fault(FaultCategory category, Status.Code grpcCode, int httpStatus) {
        this.category = category;
        this.grpcCode = grpcCode;
        this.httpStatus = httpStatus;
    }

    /** The fault of this name; empty = this version knows none, or the name is no fault's. */
    public static Optional<Fault> named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.name().equals(name))
                .findFirst();
    }

    public FaultCategory category() {
        return category;
    }

    public Status.Code grpcCode() {
        return grpcCode;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Exit code of a command or a service that ends with this fault: 2 for what the caller can mend by another call, else 1. */
    public int exitCode() {
        return this == CONFIGURATION_INVALID ? 2 : 1;
    }
}
