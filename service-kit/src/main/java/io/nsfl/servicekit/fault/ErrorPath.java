package io.nsfl.servicekit.fault;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Where the servlet container sends failures that no controller saw (filters, the container itself); answers as {@link RestFaults} does. */
@Controller
public final class ErrorPath implements ErrorController {
    private final RestFaults faults;

    public ErrorPath(RestFaults faults) {
        this.faults = faults;
    }

    @RequestMapping("${server.error.path:${error.path:/error}}")
    ResponseEntity<byte[]> error(HttpServletRequest request, HttpServletResponse response) {
        Object thrown = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        if (thrown instanceof Throwable failure) {
            return faults.answer(failure, response);
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
        // Asked for directly it is a path like any other that does not exist.
        return faults.ofStatus(
                status instanceof Integer code ? code : 404,
                message == null ? null : message.toString(),
                HttpHeaders.EMPTY);
    }
}
