package io.nsfl.servicekit.fault;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what the servlet container refuses before any code of ours sees it (malformed paths, headers that are too long, a protocol it does
 * not speak) with the same JSON body as everything else. The container makes it by its name.
 */
public final class ContainerFaults extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(ContainerFaults.class);

    @Override
    protected void report(Request request, Response response, Throwable thrown) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            byte[] body = JobJson.bytes(answer(status, thrown));
            if (isCallers(status)) {
                response.setStatus(400);
            }
            response.setContentType("application/json");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            log.debug("The caller went away: {}", gone.toString());
        }
    }

    private static FaultBody answer(int status, Throwable thrown) {
        if (isCallers(status)) {
            return refusal(Fault.REQUEST_INVALID, "The request does not speak HTTP as this server does.");
        }
        return switch (status) {
            case 401 -> refusal(Fault.UNAUTHENTICATED, "The request needs credentials.");
            case 404 -> refusal(Fault.PATH_UNKNOWN, "There is nothing at this path.");
            case 405 -> refusal(Fault.METHOD_UNSUPPORTED, "This path does not support this method.");
            case 413, 414, 431 -> refusal(Fault.REQUEST_TOO_LARGE, "The request is too large.");
            case 503 -> refusal(Fault.UNAVAILABLE, "The service is starting or stopping: try again.");
            default -> {
                if (status < 500) {
                    yield refusal(
                            Fault.REQUEST_INVALID,
                            "The request is malformed: its path, its query or its headers hold characters that are not allowed, or are too long.");
                }
                log.error("The container answered {}", status, thrown);
                yield refusal(Fault.INTERNAL_ERROR, FaultBody.UNFORESEEN);
            }
        };
    }

    /** A transfer coding or a version of HTTP that nobody speaks is the caller's fault, not ours. */
    private static boolean isCallers(int status) {
        return status == 501 || status == 505;
    }

    private static FaultBody refusal(Fault fault, String sentence) {
        return FaultBody.of(new FaultException(fault, sentence));
    }
}
