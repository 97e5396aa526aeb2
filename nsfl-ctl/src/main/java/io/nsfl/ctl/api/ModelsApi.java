package io.nsfl.ctl.api;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Models over REST, and their bytes where no data server is set. */
public final class ModelsApi {
    private final ApiConnection connection;

    public ModelsApi(ApiConnection connection) {
        this.connection = connection;
    }

    /** What the manager holds of one version's bytes. @param digest SHA-256 in hex, empty while they are not whole */
    public record Held(long length, String digest) {}

    /** @return the model's detail */
    public ObjectNode create(String namespace, ObjectNode model) {
        return object(connection.call("POST", models(namespace), model));
    }

    /** Versions by name; empty where the namespace has none. */
    public Map<String, List<ObjectNode>> list(String namespace) {
        try {
            return versions(connection.call("GET", models(namespace), null));
        } catch (FaultException e) {
            if (e.fault() == Fault.MODEL_ABSENT) {
                return Map.of();
            }
            throw e;
        }
    }

    /** The versions of one model. @param version only this one, or null @throws FaultException where there is none */
    public List<ObjectNode> get(String namespace, String name, String version) {
        return versions(connection.call("GET", model(namespace, name, version), null))
                .getOrDefault(name, List.of());
    }

    public ObjectNode byId(String id) {
        return object(connection.call("GET", byIdPath(id), null));
    }

    /** @param version null = all versions */
    public void delete(String namespace, String name, String version) {
        connection.call("DELETE", model(namespace, name, version), null);
    }

    public void deleteById(String id) {
        connection.call("DELETE", byIdPath(id), null);
    }

    /** How an upload goes. @param state uploading, success or failed @param reason null unless it failed */
    public void report(String id, String state, int progress, String reason) {
        ObjectNode body = JobJson.newObject().put("state", state).put("progress", progress);
        if (reason != null) {
            body.put("reason", reason);
        }
        connection.call("PUT", byIdPath(id), body);
    }

    /** What is there already, of a whole version or of one whose upload was broken off. */
    public Held held(ObjectNode detail) {
        Answer answer = connection.ask("HEAD", content(detail), Map.of(), null);
        // A file that is not whole is a conflict to whoever wants to read it; the header tells how far it came.
        Optional<String> partial = answer.header("Upload-Offset");
        if (partial.isPresent()) {
            return new Held(number(partial), "");
        }
        if (answer.status() / 100 != 2) {
            return new Held(0, "");
        }
        return new Held(
                number(answer.header("Content-Length")),
                answer.header("ETag").orElse("").replace("\"", ""));
    }

    /** Bytes from {@code offset} on; the checksum goes with the last ones. */
    public void put(ObjectNode detail, byte[] bytes, long offset, long total, String sha256) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/octet-stream");
        if (total > 0) {
            headers.put("Content-Range", "bytes " + offset + "-" + (offset + bytes.length - 1) + "/" + total);
        }
        if (offset + bytes.length == total) {
            headers.put("X-Checksum-Sha256", sha256);
        }
        connection.required(connection.ask("PUT", content(detail), headers, bytes));
    }

    /** At most {@code length} bytes from {@code offset}. */
    public byte[] read(ObjectNode detail, long offset, int length) {
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        return connection
                .required(connection.ask("GET", content(detail), Map.of("Range", range), null))
                .body();
    }

    private static long number(Optional<String> text) {
        try {
            return Long.parseLong(text.orElse("0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Map<String, List<ObjectNode>> versions(String body) {
        Map<String, List<ObjectNode>> found = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object(body).path("models").properties()) {
            List<ObjectNode> versions = found.computeIfAbsent(entry.getKey(), name -> new ArrayList<>());
            for (JsonNode version : entry.getValue()) {
                if (version instanceof ObjectNode one) {
                    versions.add(one);
                }
            }
        }
        return found;
    }

    private static String models(String namespace) {
        return "/api/v1/namespaces/" + ApiConnection.encoded(namespace) + "/models";
    }

    private static String model(String namespace, String name, String version) {
        return models(namespace) + "/" + ApiConnection.encoded(name)
                + (version == null ? "" : "?version=" + ApiConnection.encoded(version));
    }

    private static String byIdPath(String id) {
        return "/api/v1/models?model_id=" + ApiConnection.encoded(id);
    }

    private static String content(ObjectNode detail) {
        return models(detail.path("namespace").asString(""))
                + "/" + ApiConnection.encoded(detail.path("name").asString(""))
                + "/versions/"
                + ApiConnection.encoded(
                        detail.path("version_info").path("version").asString(""))
                + "/content";
    }

    private static ObjectNode object(String body) {
        return JobJson.object(body.getBytes(StandardCharsets.UTF_8));
    }
}
