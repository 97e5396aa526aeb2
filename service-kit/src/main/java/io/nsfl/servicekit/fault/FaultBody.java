package io.nsfl.servicekit.fault;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.JobJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Body of every refused or failed REST request.
 *
 * @param state {@code FAILED}
 * @param reason one sentence
 * @param code name of the fault
 * @param violations every single fault of the request; null = none
 * @param incident where to look in the log, for a failure of ours; else null
 */
public record FaultBody(String state, String reason, String code, List<Violation> violations, String incident) {
    /** The reason of an unforeseen failure, exactly; what went wrong is in the log. */
    public static final String UNFORESEEN = "Server Internal Error.";

    private static final String FAILED = "FAILED";

    public static FaultBody of(FaultException refusal) {
        List<Violation> violations = refusal.violations().stream()
                .map(one -> new Violation(writable(one.path()), writable(one.given()), writable(one.message())))
                .toList();
        return new FaultBody(
                FAILED,
                writable(refusal.getMessage()),
                refusal.fault().name(),
                violations.isEmpty() ? null : violations,
                null);
    }

    /** A sentence may quote what the caller gave, and that may hold halves of surrogate pairs, which no encoding has. */
    private static String writable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    static FaultBody unforeseen(String incident) {
        return new FaultBody(FAILED, UNFORESEEN, Fault.INTERNAL_ERROR.name(), null, incident);
    }

    /** Writes it as the whole answer; for filters, which have no message converters. */
    public void write(HttpServletResponse response, int status) throws IOException {
        byte[] json = JobJson.bytes(this);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
