package io.nsfl.servicekit.fault;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.protocol.job.JobJson;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/**
 * The one translator from exceptions to REST answers: the status of the fault, and a {@link FaultBody}. What nobody foresaw is
 * answered with 500 and an incident id; the stack trace goes to the log beside that id and nowhere else.
 */
@RestControllerAdvice
public final class RestFaults {
    private static final Logger log = LoggerFactory.getLogger(RestFaults.class);

    private final IdSource incidents;

    public RestFaults(IdSource incidents) {
        this.incidents = incidents;
    }

    /** Every exception of every controller; null = nobody is there to be answered any more. */
    @ExceptionHandler(Throwable.class)
    public ResponseEntity<byte[]> answer(Throwable thrown, HttpServletResponse response) {
        if (thrown instanceof AsyncRequestNotUsableException || response.isCommitted()) {
            log.debug("The caller went away: {}", thrown.toString());
            return null;
        }
        return switch (thrown) {
            case FaultException refusal when refusal.fault().category() != FaultCategory.INTERNAL -> refused(refusal);
            case HttpMessageNotReadableException unreadable ->
                refused(new FaultException(
                        Fault.REQUEST_INVALID, "The request's body cannot be read: one JSON object is expected."));
            case TypeMismatchException mismatch ->
                refused(new FaultException(
                        Fault.REQUEST_INVALID,
                        "The request's parameter " + mismatch.getPropertyName() + " has a value of the wrong type."));
            case InvalidParameterException _ ->
                refused(new FaultException(
                        Fault.REQUEST_INVALID, "The request's query or form is not encoded as URLs are."));
            case AsyncRequestTimeoutException _ ->
                refused(new FaultException(
                        Fault.UNAVAILABLE,
                        "The service has not come to this request in time; it may still be carried out: look"
                                + " before you try again."));
            case ErrorResponse known
            when known.getStatusCode().is4xxClientError() ->
                ofStatus(known.getStatusCode().value(), known.getBody().getDetail(), known.getHeaders());
            default -> unforeseen(thrown);
        };
    }

    /** An answer for a status that was decided without an exception, for example by the servlet container. */
    ResponseEntity<byte[]> ofStatus(int status, String detail, HttpHeaders headers) {
        Fault fault = switch (status) {
            case 401 -> Fault.UNAUTHENTICATED;
            case 404 -> Fault.PATH_UNKNOWN;
            case 405 -> Fault.METHOD_UNSUPPORTED;
            case 413 -> Fault.REQUEST_TOO_LARGE;
            default -> status < 500 ? Fault.REQUEST_INVALID : Fault.INTERNAL_ERROR;
        };
        String sentence = switch (fault) {
            case PATH_UNKNOWN -> "There is nothing at this path.";
            case METHOD_UNSUPPORTED -> "This path does not support this method.";
            default -> detail == null || detail.isBlank() ? "The request is not valid." : detail;
        };
        return fault == Fault.INTERNAL_ERROR
                ? unforeseen(new IllegalStateException("The container answered " + status + ": " + detail))
                : json(status, headers, FaultBody.of(new FaultException(fault, sentence)));
    }

    ResponseEntity<byte[]> unforeseen(Throwable thrown) {
        String incident = incidents.next();
        log.error("Incident {}: a request failed without a fault of its own", incident, thrown);
        return json(Fault.INTERNAL_ERROR.httpStatus(), HttpHeaders.EMPTY, FaultBody.unforeseen(incident));
    }

    private static ResponseEntity<byte[]> refused(FaultException refusal) {
        HttpHeaders headers = new HttpHeaders();
        refusal.retryAfter().ifPresent(wait -> headers.set(HttpHeaders.RETRY_AFTER, wholeSeconds(wait)));
        return json(refusal.fault().httpStatus(), headers, FaultBody.of(refusal));
    }

    private static String wholeSeconds(Duration wait) {
        return Long.toString(wait.plusMillis(999).toSeconds());
    }

    /** Bytes and not an object: the answer is JSON whatever the caller said that it accepts. */
    private static ResponseEntity<byte[]> json(int status, HttpHeaders headers, FaultBody body) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_JSON)
                .body(JobJson.bytes(body));
    }
}
