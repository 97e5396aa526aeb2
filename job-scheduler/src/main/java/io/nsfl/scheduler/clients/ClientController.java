package io.nsfl.scheduler.clients;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.NamespaceName;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.Resources;
import java.time.Instant;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The clients that accept work of a namespace, as the client-selector knows them. Reads only. */
@RestController
public final class ClientController {
    private final SelectorCalls selector;
    private final Audience audience;

    public ClientController(SelectorCalls selector, Audience audience) {
        this.selector = selector;
        this.audience = audience;
    }

    @GetMapping("/api/v1/namespaces/{namespace}/clients")
    public ResponseEntity<byte[]> list(@PathVariable String namespace) {
        ObjectNode answer = JobJson.newObject();
        ArrayNode clients = answer.putArray("clients");
        audience.seenBy(NamespaceName.inPath(namespace), selector.clients(""))
                .forEach(client -> clients.add(document(client, namespace)));
        return json(answer);
    }

    /** @param client its id, name or address */
    @GetMapping("/api/v1/namespaces/{namespace}/clients/{client}")
    public ResponseEntity<byte[]> get(@PathVariable String namespace, @PathVariable String client) {
        List<ClientView> found = audience.seenBy(NamespaceName.inPath(namespace), selector.clients(client));
        if (found.isEmpty()) {
            throw new FaultException(
                    Fault.CLIENT_UNKNOWN, "No client has the id, name or address %s.".formatted(client));
        }
        return json(document(found.getFirst(), namespace));
    }

    private static ObjectNode document(ClientView client, String namespace) {
        ObjectNode document = JobJson.newObject()
                .put("id", client.getClientId())
                .put("name", client.getName())
                .put("address", client.getAddress())
                .put("platform", client.getPlatform())
                .put("os", client.getOs())
                .put("state", client.getState());
        client.getRuntimesList().forEach(document.putArray("runtimes")::add);
        client.getLabelsList().forEach(document.putArray("labels")::add);
        ObjectNode datasets = document.putObject("datasets");
        client.getDatasetsList().forEach(dataset -> datasets.put(dataset.getName(), dataset.getSamples()));
        document.set("capacity", document(client.getCapacity()));
        document.set("free", document(client.getFree()));
        ArrayNode tasks = document.putArray("tasks");
        // What it does for others is nobody else's business; that it is busy is.
        client.getTasksList().stream()
                .filter(task -> task.getNamespace().equals(namespace))
                .forEach(task -> tasks.addObject()
                        .put("namespace", task.getNamespace())
                        .put("job", task.getJob())
                        .put("round", task.getRound()));
        document.put("max_task_parallelism", client.getMaxTaskParallelism())
                .put("registration", client.getRegistration())
                .put("first_seen", Instant.ofEpochMilli(client.getFirstSeenMs()).toString())
                .put("last_seen", Instant.ofEpochMilli(client.getLastSeenMs()).toString())
                .put("tasks_leased", client.getTasksLeased())
                .put("tasks_delivered", client.getTasksDelivered())
                .put("tasks_lost", client.getTasksLost())
                .put("tasks_running", client.getTasksCount())
                .set("reliability", reliability(client));
        ArrayNode privacy = document.putArray("privacy");
        client.getPrivacyList().forEach(spent -> privacy.add(document(spent)));
        return document;
    }

    private static ObjectNode document(PrivacySpent spent) {
        ObjectNode document = JobJson.newObject()
                .put("dataset", spent.getDataset())
                .put("epsilon", spent.getEpsilon())
                .put("delta", spent.getDelta())
                .put("tasks", spent.getTasks());
        return spent.getEpsilonBudget() > 0
                ? document.put("epsilon_budget", spent.getEpsilonBudget())
                : document.putNull("epsilon_budget");
    }

    /** The part of its ended tasks that it delivered; null before the first. */
    private static JsonNode reliability(ClientView client) {
        long ended = client.getTasksDelivered() + client.getTasksLost();
        return ended == 0
                ? JsonNodeFactory.instance.nullNode()
                : JsonNodeFactory.instance.numberNode(client.getTasksDelivered() / (double) ended);
    }

    private static ObjectNode document(Resources resources) {
        return JobJson.newObject()
                .put("cpu", resources.getCpu())
                .put("gpu", resources.getGpu())
                .put("memory", resources.getMemoryMb());
    }

    private static ResponseEntity<byte[]> json(ObjectNode answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(JobJson.bytes(answer));
    }
}
