package io.nsfl.scheduler.clients;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.ClientView;
import io.nsfl.protocol.v1.Resources;
import java.time.Instant;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The clients that accept work, as the client-selector knows them. Reads only. */
@RestController
public final class ClientController {
    private final SelectorCalls selector;

    public ClientController(SelectorCalls selector) {
        this.selector = selector;
    }

    @GetMapping("/api/v1/namespaces/{namespace}/clients")
    public ResponseEntity<byte[]> list(@PathVariable String namespace) {
        ObjectNode answer = JobJson.newObject();
        ArrayNode clients = answer.putArray("clients");
        selector.clients("").forEach(client -> clients.add(document(client)));
        return json(answer);
    }

    /** @param client its id, name or address */
    @GetMapping("/api/v1/namespaces/{namespace}/clients/{client}")
    public ResponseEntity<byte[]> get(@PathVariable String namespace, @PathVariable String client) {
        List<ClientView> found = selector.clients(client);
        if (found.isEmpty()) {
            throw new FaultException(
                    Fault.CLIENT_UNKNOWN, "No client has the id, name or address %s.".formatted(client));
        }
        return json(document(found.getFirst()));
    }

    private static ObjectNode document(ClientView client) {
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
        client.getTasksList()
                .forEach(task -> tasks.addObject()
                        .put("namespace", task.getNamespace())
                        .put("job", task.getJob())
                        .put("round", task.getRound()));
        return document.put("max_task_parallelism", client.getMaxTaskParallelism())
                .put("registration", client.getRegistration())
                .put("first_seen", Instant.ofEpochMilli(client.getFirstSeenMs()).toString())
                .put("last_seen", Instant.ofEpochMilli(client.getLastSeenMs()).toString())
                .put("tasks_leased", client.getTasksLeased())
                .put("tasks_delivered", client.getTasksDelivered())
                .put("tasks_lost", client.getTasksLost());
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
