package io.nsfl.proxy.route;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The route API. Everything is in headers: {@code module-id}, {@code module-service}, {@code token}; bodies are not looked at. */
@RestController
public final class RouteController {
    private static final Logger log = LoggerFactory.getLogger(RouteController.class);
    private static final String DONE = "200\n";

    private final RouteTable table;
    private final RouteToken token;

    public RouteController(RouteTable table, RouteToken token) {
        this.table = table;
        this.token = token;
    }

    @RequestMapping("/api/v1/internal/routers")
    public ResponseEntity<String> route(
            HttpServletRequest request,
            @RequestHeader(name = "token", required = false) String shown,
            @RequestHeader(name = "module-id", required = false) String job,
            @RequestHeader(name = "module-service", required = false) String address) {
        if (!token.matches(shown)) {
            return answer(401, "The header token does not hold the token of this proxy.\n");
        }
        if (!RouteText.isJob(job)) {
            return answer(400, "The header module-id has to hold <namespace>-<job id>.\n");
        }
        return switch (request.getMethod()) {
            case "GET" ->
                table.find(job).map(found -> answer(200, found + "\n")).orElseGet(() -> unknown(job));
            case "POST" -> write(address, () -> table.put(job, address) ? answer(200, "") : full());
            case "PUT" -> write(address, () -> table.replace(job, address) ? answer(200, DONE) : unknown(job));
            case "DELETE" -> {
                log.info("Route {} is removed", job);
                yield table.remove(job) ? answer(200, DONE) : unknown(job);
            }
            default ->
                ResponseEntity.status(405)
                        .header("Allow", "GET, POST, PUT, DELETE")
                        .build();
        };
    }

    private static ResponseEntity<String> write(String address, Supplier<ResponseEntity<String>> change) {
        return RouteText.isAddress(address)
                ? change.get()
                : answer(400, "The header module-service has to hold host:port.\n");
    }

    private static ResponseEntity<String> unknown(String job) {
        return answer(404, "There is no route " + job + ".\n");
    }

    private static ResponseEntity<String> full() {
        return answer(503, "There is no room for more than " + RouteTable.MOST + " routes.\n");
    }

    private static ResponseEntity<String> answer(int status, String text) {
        return ResponseEntity.status(status).contentType(MediaType.TEXT_PLAIN).body(text);
    }
}
