package io.nsfl.servicekit.access;

import io.nsfl.protocol.job.JobJson;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ObjectNode;

/** One line of JSON in the log {@code audit} for every request that changes something, whether it was done or refused. */
final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger("audit");
    private static final ObjectWriter LINE = JobJson.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final InstantSource clock;

    Audit(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * @param login the way the caller proved who he is
     * @param caller his name, {@code -} if he did not
     * @param path elements of the request's path; empty if it was none
     * @param status of the answer
     */
    void record(HttpServletRequest request, String login, String caller, List<String> path, int status) {
        ObjectNode line = JobJson.newObject();
        line.put("time", clock.instant().toString());
        line.put("who", Printable.of(caller));
        line.put("login", login);
        line.put("from", Printable.of(request.getRemoteAddr()));
        put(line, "forwarded_for", request.getHeader("X-Forwarded-For"));
        line.put("method", Printable.of(request.getMethod()));
        boolean named = path.size() > 3 && path.get(2).equals("namespaces");
        put(line, "namespace", named ? path.get(3) : null);
        put(line, "object", path.isEmpty() ? null : String.join("/", path.subList(named ? 4 : 0, path.size())));
        put(line, "model_id", request.getParameter("model_id"));
        put(line, "version", request.getParameter("version"));
        line.put("status", status);
        line.put("result", status < 400 ? "done" : status < 500 ? "refused" : "failed");
        LOG.info(LINE.writeValueAsString(line));
    }

    private static void put(ObjectNode line, String name, String value) {
        if (value != null) {
            line.put(name, Printable.of(value));
        }
    }
}
