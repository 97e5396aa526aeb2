package io.nsfl.scheduler.route;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One line of the proxy's table.
 *
 * @param job {@code <namespace>-<id>}, the value of the request header {@code nsfl-job}
 * @param address {@code host:port} of the coordinator's gRPC server, as the proxy dials it
 */
public record Route(
        @JsonProperty("module_id") String job,
        @JsonProperty("module_service") String address) {}
