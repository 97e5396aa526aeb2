package io.nsfl.protocol.fault;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A failure with its {@link Fault} and one sentence for a person that says what was wrong, where, and what to do.
 *
 * <p>Thrown where the work cannot go on and translated once, at the edge (service-kit for REST and gRPC, nsfl-ctl for exit codes).
 * A refusal that is part of the protocol is a value and not this exception.
 */
public final class FaultException extends RuntimeException {
    private final Fault fault;
    private final Duration retryAfter;
    private final transient List<Violation> violations;

    public FaultException(Fault fault, String message) {
        this(fault, message, null, null, List.of());
    }

    public FaultException(Fault fault, String message, Throwable cause) {
        this(fault, message, null, cause, List.of());
    }

    /** @param retryAfter when it makes sense to ask again; null = the fault does not pass by itself */
    public FaultException(Fault fault, String message, Duration retryAfter, Throwable cause) {
        this(fault, message, retryAfter, cause, List.of());
    }

    /** @param violations every fault of the request, so that all can be mended at once */
    public FaultException(Fault fault, String message, List<Violation> violations) {
        this(fault, message, null, null, violations);
    }

    private FaultException(
            Fault fault, String message, Duration retryAfter, Throwable cause, List<Violation> violations) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.fault = Objects.requireNonNull(fault, "fault");
        this.retryAfter = retryAfter;
        this.violations = List.copyOf(violations);
    }

    public Fault fault() {
        return fault;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Every single fault of a refused request; empty where the message says it all. */
    public List<Violation> violations() {
        return violations == null ? List.of() : violations;
    }
}
