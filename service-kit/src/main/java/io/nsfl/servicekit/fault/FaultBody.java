package io.nsfl.servicekit.fault;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.fault.Violation;
import io.nsfl.protocol.job.JobJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
        List<Violation> violations = refusal.violations();
        return new FaultBody(
                FAILED, refusal.getMessage(), refusal.fault().name(), violations.isEmpty() ? null : violations, null);
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
