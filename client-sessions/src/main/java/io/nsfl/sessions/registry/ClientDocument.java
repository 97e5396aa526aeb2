package io.nsfl.sessions.registry;

import io.nsfl.protocol.v1.PrivacySpent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A client as a document. */
final class ClientDocument {
    private ClientDocument() {}

    static ObjectNode write(Client client) {
        ClientProfile profile = client.profile();
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("client_id", profile.id());
        data.put("session_id", client.sessionId());
        data.put("name", profile.name());
        data.put("address", profile.address());
        data.put("platform", profile.platform());
        data.put("os", profile.os());
        profile.runtimes().forEach(data.putArray("runtimes")::add);
        profile.labels().forEach(data.putArray("labels")::add);
        ObjectNode datasets = data.putObject("datasets");
        profile.datasets().forEach(datasets::put);
        ObjectNode capacity = data.putObject("capacity");
        capacity.put("cpu", profile.capacity().cpu());
        capacity.put("gpu", profile.capacity().gpu());
        capacity.put("memory_mb", profile.capacity().memoryMb());
        data.put("max_task_parallelism", profile.parallelism());
        data.put("registration", profile.registration());
        data.put("version", profile.version());
        profile.scripts().namespaces().ifPresent(names -> names.forEach(data.putArray("script_namespaces")::add));
        profile.scripts().digests().forEach(data.putArray("scripts_sha256")::add);
        data.put("state", client.state().text());
        data.put("first_seen_ms", client.firstSeenMs());
        data.put("last_seen_ms", client.lastSeenMs());
        data.put("tasks_leased", client.leased());
        data.put("tasks_delivered", client.delivered());
        data.put("tasks_lost", client.lost());
        ArrayNode privacy = data.putArray("privacy");
        client.privacy()
                .forEach(spent -> privacy.addObject()
                        .put("dataset", spent.getDataset())
                        .put("epsilon", spent.getEpsilon())
                        .put("delta", spent.getDelta())
                        .put("tasks", spent.getTasks())
                        .put("epsilon_budget", spent.getEpsilonBudget()));
        return data;
    }

    private static List<PrivacySpent> privacy(JsonNode data) {
        List<PrivacySpent> privacy = new ArrayList<>();
        data.path("privacy")
                .forEach(spent -> privacy.add(PrivacySpent.newBuilder()
                        .setDataset(spent.path("dataset").asString(""))
                        .setEpsilon(spent.path("epsilon").asDouble(0))
                        .setDelta(spent.path("delta").asDouble(0))
                        .setTasks(spent.path("tasks").asLong(0))
                        .setEpsilonBudget(spent.path("epsilon_budget").asDouble(0))
                        .build()));
        return privacy;
    }

    private static ScriptAcceptance scripts(JsonNode data) {
        Set<String> digests = new LinkedHashSet<>();
        data.path("scripts_sha256").forEach(digest -> digests.add(digest.asString()));
        if (!data.has("script_namespaces")) {
            return new ScriptAcceptance(Optional.empty(), digests);
        }
        Set<String> namespaces = new LinkedHashSet<>();
        data.path("script_namespaces").forEach(name -> namespaces.add(name.asString()));
        return new ScriptAcceptance(Optional.of(namespaces), digests);
    }

    static Client read(JsonNode data, long nowMs) {
        List<String> runtimes = new ArrayList<>();
        data.path("runtimes").forEach(runtime -> runtimes.add(runtime.asString()));
        Set<String> labels = new LinkedHashSet<>();
        data.path("labels").forEach(label -> labels.add(label.asString()));
        Map<String, Long> datasets = new LinkedHashMap<>();
        data.path("datasets")
                .properties()
                .forEach(entry -> datasets.put(entry.getKey(), entry.getValue().asLong(0)));
        JsonNode capacity = data.path("capacity");
        ClientProfile profile = new ClientProfile(
                data.required("client_id").asString(),
                data.path("name").asString(""),
                data.path("address").asString(""),
                data.path("platform").asString("linux"),
                data.path("os").asString(""),
                runtimes,
                labels,
                datasets,
                new Amount(
                        capacity.path("cpu").asDouble(0),
                        capacity.path("gpu").asLong(0),
                        capacity.path("memory_mb").asLong(0)),
                data.path("max_task_parallelism").asInt(-1),
                data.path("registration").asBoolean(true),
                data.path("version").asString(""),
                scripts(data));
        Client client = new Client(profile, data.path("session_id").asString(""), nowMs);
        client.restore(
                ClientState.of(data.path("state").asString(ClientState.SILENT.text())),
                data.path("first_seen_ms").asLong(nowMs),
                data.path("last_seen_ms").asLong(nowMs),
                data.path("tasks_leased").asLong(0),
                data.path("tasks_delivered").asLong(0),
                data.path("tasks_lost").asLong(0),
                privacy(data));
        return client;
    }
}
