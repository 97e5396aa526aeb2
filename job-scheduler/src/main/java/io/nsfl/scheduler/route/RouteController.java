package io.nsfl.scheduler.route;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where a proxy that has just started, or has lost count, asks for all routes; reached with the internal secret only. */
@RestController
public final class RouteController {
    private final JobRoutes routes;

    public RouteController(JobRoutes routes) {
        this.routes = routes;
    }

    /** The table as a whole. */
    public record Table(@JsonProperty("routes") List<Route> routes) {}

    @GetMapping("/api/v1/internal/routes")
    public Table routes() {
        return new Table(routes.list());
    }
}
