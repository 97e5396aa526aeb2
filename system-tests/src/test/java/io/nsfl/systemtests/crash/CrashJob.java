package io.nsfl.systemtests.crash;

import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One job of quick, deterministic scripts, as its owner sees it: by REST and by its files. */
final class CrashJob {
    static final int ROUNDS = 5;

    private static final String NAMESPACE = "default";
    private static final Set<String> ENDS = Set.of("FINISHED", "FAILED", "STOPPED");
    private static final Duration LONGEST = Duration.ofMinutes(4);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Site site;
    private final String id;

    private CrashJob(Site site, String id) {
        this.site = site;
        this.id = id;
    }

    /** @param threshold updates that a round needs */
    static CrashJob create(Site site, String id, int clients, int threshold) throws Exception {
        Path namespace = site.home().workspace().resolve(NAMESPACE);
        Path scripts = Files.createDirectories(namespace.resolve("crash/scripts"));
        for (String file : List.of("train.py", "evaluate.py", "task.json")) {
            try (InputStream in = CrashJob.class.getResourceAsStream("/crash/" + file)) {
                Files.write(scripts.resolve(file), in.readAllBytes());
            }
        }
        Path model = site.home().sources().resolve("examples/mnist/pytorch/model/init_model.pth");
        Files.write(namespace.resolve("crash/init_model.pth"), Files.readAllBytes(model));
        CrashJob job = new CrashJob(site, id);
        HttpResponse<byte[]> answer = job.send(HttpRequest.newBuilder(job.uri(""))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(JobJson.bytes(config(id, clients, threshold)))));
        if (answer.statusCode() != 201) {
            throw new AssertionError("The job was refused: " + new String(answer.body()));
        }
        return job;
    }

    private static ObjectNode config(String id, int clients, int threshold) {
        ObjectNode config = JobJson.newObject();
        config.put("id", id)
                .put("description", "quick rounds")
                .put("runtime", "pytorch")
                .put("output", "/output")
                .put("model_path", "/crash/init_model.pth");
        config.putObject("scripts").put("path", "/crash/scripts").put("config_file", "task.json");
        config.putObject("hyper_parameters")
                .put("max_round_num", ROUNDS)
                .put("client_num", clients)
                .put("threshold_client_num", threshold)
                .put("evaluate_interval", 2)
                .put("save_interval", ROUNDS)
                .put("round_timeout", 120)
                .put("seed", 3);
        return config;
    }

    String id() {
        return id;
    }

    /** Everything that has happened to it so far; nothing while nobody answers. */
    List<JsonNode> events() {
        List<JsonNode> events = new ArrayList<>();
        ask("/" + id + "/events").path("events").forEach(events::add);
        return events;
    }

    /** {@code UNKNOWN} while nobody answers. */
    String state() {
        return ask("/" + id).path("status").path("state").asString("UNKNOWN");
    }

    boolean ended() {
        return ENDS.contains(state());
    }

    /** @return the state in which it ended */
    String awaitEnd() throws Exception {
        Await.until("job " + id + " ends", LONGEST, this::ended, this::story);
        return state();
    }

    /** What happened, for whoever reads of a failure. */
    String story() {
        StringBuilder story =
                new StringBuilder("Job %s is %s:".formatted(id, ask("/" + id).path("status")));
        events().forEach(event -> story.append('\n').append(event));
        return story.toString();
    }

    /** Records that its coordinators have written so far. */
    int journalLength() throws IOException {
        Path journal = site.home().workspace().resolve("coordinator_configs/" + NAMESPACE + "-" + id + "/journal");
        if (!Files.isDirectory(journal)) {
            return 0;
        }
        int length = 0;
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(journal)) {
            for (Path run : runs) {
                try (DirectoryStream<Path> records = Files.newDirectoryStream(run, "*.rec")) {
                    length += (int)
                            StreamSupport.stream(records.spliterator(), false).count();
                }
            }
        }
        return length;
    }

    /** How many events of this type it has had so far. */
    long happened(String type) {
        return events().stream()
                .filter(event -> event.path("type").asString("").equals(type))
                .count();
    }

    /** Whether the last round's checkpoint is there. */
    boolean saved() throws IOException {
        return !lastCheckpoints().isEmpty();
    }

    /** Bytes of the last round's checkpoint; there is one output directory, however often a coordinator started. */
    byte[] finalModel() throws IOException {
        List<Path> found = lastCheckpoints();
        if (found.size() != 1) {
            throw new AssertionError("One last checkpoint was expected: " + found);
        }
        return Files.readAllBytes(found.getFirst());
    }

    private List<Path> lastCheckpoints() throws IOException {
        Path output = site.home().workspace().resolve(NAMESPACE).resolve("output");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(output)) {
            try (DirectoryStream<Path> mine = Files.newDirectoryStream(output, "fl_" + id + "_output_V*")) {
                for (Path version : mine) {
                    found.addAll(lastCheckpoints(version.resolve("checkpoints")));
                }
            }
        }
        return found;
    }

    private static List<Path> lastCheckpoints(Path checkpoints) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(checkpoints)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(checkpoints)) {
                for (Path checkpoint : all) {
                    Path model = checkpoint.resolve("checkpoint_" + ROUNDS + ".pth");
                    if (Files.exists(model)) {
                        found.add(model);
                    }
                }
            }
        }
        return found;
    }

    private JsonNode ask(String path) {
        try {
            HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)));
            return answer.statusCode() == 200 ? JobJson.object(answer.body()) : JobJson.newObject();
        } catch (IOException nobody) {
            return JobJson.newObject();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private URI uri(String path) {
        return URI.create("http://" + site.server().api() + "/api/v1/namespaces/" + NAMESPACE + "/jobs" + path);
    }
}
