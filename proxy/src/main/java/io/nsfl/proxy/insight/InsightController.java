package io.nsfl.proxy.insight;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Health and metrics, as text. */
@RestController
public final class InsightController {
    private static final MediaType PROMETHEUS = MediaType.parseMediaType("text/plain;version=0.0.4");

    private final Counters counters;
    private final IntSupplier routes;
    private final BooleanSupplier nginx;

    /** @param routes how many there are @param nginx whether it runs */
    public InsightController(Counters counters, IntSupplier routes, BooleanSupplier nginx) {
        this.counters = counters;
        this.routes = routes;
        this.nginx = nginx;
    }

    @GetMapping("/api/v1/health")
    public ResponseEntity<String> health() {
        return nginx.getAsBoolean()
                ? ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body("OK")
                : ResponseEntity.status(503).contentType(MediaType.TEXT_PLAIN).body("nginx does not run.");
    }

    @GetMapping("/metrics")
    public ResponseEntity<String> metrics() {
        String text = counters.text()
                + "nsfl_proxy_routes " + routes.getAsInt() + "\n"
                + "nsfl_proxy_nginx_up " + (nginx.getAsBoolean() ? 1 : 0) + "\n";
        return ResponseEntity.ok().contentType(PROMETHEUS).body(text);
    }
}
